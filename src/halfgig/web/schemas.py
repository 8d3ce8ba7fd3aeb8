"""What crosses the HTTP interface, as OpenAI's clients send and expect it."""

from pydantic import BaseModel, ConfigDict, Field


class ErrorFacts(BaseModel):
    """Say what is wrong."""

    message: str = Field(description="A sentence: the value, the limit with its unit, what to do.")
    type: str = Field(description="OpenAI's kind of error, as invalid_request_error.")
    param: str | None = Field(description="The field that is to blame.")
    code: str | None = Field(description="A name for programs, as unknown_voice.")


class ErrorBody(BaseModel):
    """Hold an error."""

    model_config = ConfigDict(title="Error")

    error: ErrorFacts
