"""Expert step labels and preferences for training data that a model can be trained on and a lead can defend."""

__version__ = "0.1.0"
