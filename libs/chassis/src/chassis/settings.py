"""Settings from the environment: read once, frozen, and refused as a whole when one is missing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError


class SettingsError(Exception):
    """A variable is missing or its value cannot be used; the message names every one of them."""


class EnvSettings(BaseModel):
    """One field a variable, by the field's name in capitals; no default means that it is required.

    `NAME_FILE` names a file that holds the value of `NAME`, for secrets.
    """

    model_config = ConfigDict(frozen=True)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Return the settings found in *environ*.

        Raises:
            SettingsError: Variables are missing or invalid, or a file cannot be read.
        """
        values = {name: value for name in cls.model_fields if (value := _value_of(name.upper(), environ)) is not None}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_name_each(error)) from None


def _value_of(name: str, environ: Mapping[str, str]) -> str | None:
    # Empty is as good as missing: a secret that somebody forgot to fill in must not be the empty one.
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name) or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE: cannot read {path}: {error}") from None


def _name_each(error: ValidationError) -> str:
    # The value itself stays out of the message: it may be a secret.
    problems = (
        f"{str(each['loc'][0]).upper()} is missing"
        if each["type"] == "missing"
        else f"{str(each['loc'][0]).upper()}: {each['msg']}"
        for each in error.errors(include_input=False)
    )
    return "; ".join(problems)
