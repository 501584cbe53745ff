"""What is drafted for people to judge: texts in, texts out; nothing here is a label."""
