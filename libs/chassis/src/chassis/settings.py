"""Settings from the environment: read once, frozen, and refused as a whole when one is missing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError


class SettingsError(Exception):
    """Variables are missing or their values cannot be used; the message names every one of them."""


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
        values: dict[str, str] = {}
        problems: dict[str, str] = {}
        for field in cls.model_fields:
            try:
                if value := _value_of(field.upper(), environ):
                    values[field] = value
            except SettingsError as error:
                problems[field] = str(error)
        try:
            settings = cls.model_validate(values)
            if not problems:
                return settings
        except ValidationError as error:
            # Whatever is known about a file says more than that its value is missing.
            problems = _problems_of(error) | problems
        raise SettingsError("; ".join(problems.values()))


def _value_of(name: str, environ: Mapping[str, str]) -> str:
    # Empty is as good as missing: a secret that somebody forgot to fill in must not be the empty one.
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name, "")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE: cannot read {path}: {error}") from None
    if not value:
        raise SettingsError(f"{name} is missing: {path} is empty")
    return value


def _problems_of(error: ValidationError) -> dict[str, str]:
    # The value itself stays out of the message: it may be a secret.
    return {
        str(each["loc"][0]): f"{str(each['loc'][0]).upper()} is missing"
        if each["type"] == "missing"
        else f"{str(each['loc'][0]).upper()}: {each['msg']}"
        for each in error.errors(include_input=False)
    }
