"""The OpenAPI document's schemas, as pydantic itself describes each model.

Litestar's own translation loses patterns, bounds of optional fields, and that no field beyond the named ones is taken.
"""

from dataclasses import dataclass, field
from typing import Any

from litestar._openapi.schema_generation import SchemaCreator
from litestar.openapi.spec import Schema
from litestar.plugins.pydantic import PydanticSchemaPlugin
from litestar.typing import FieldDefinition

REFERENCE = "#/components/schemas/{model}"


@dataclass
class WrittenSchema(Schema):
    """A schema that is written already."""

    written: dict[str, Any] = field(default_factory=dict)

    def to_schema(self) -> dict[str, Any]:
        return self.written


class ExactSchemas(PydanticSchemaPlugin):
    """Registers each model as Litestar does, then describes its fields in pydantic's words."""

    @classmethod
    def for_pydantic_model(cls, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        reference = super().for_pydantic_model(field_definition, schema_creator)
        exact = field_definition.annotation.model_json_schema(ref_template=REFERENCE)
        registered = schema_creator.schema_registry.get_schema_for_field_definition(field_definition)
        registered.properties = {name: WrittenSchema(written=each) for name, each in exact["properties"].items()}
        registered.required = exact.get("required")
        registered.additional_properties = exact.get("additionalProperties")
        return reference
