"""Commands that say what there is: doctor, hwaccel, presets, effects."""

from __future__ import annotations

from typing import Annotated

import typer

from farm.cli.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(doctor)
    app.command()(hwaccel)
    app.command()(presets)
    app.command()(effects)


def doctor(as_json: JsonOption = False) -> int:
    """Say what works here, and how to mend what does not."""
    from farm.cli.output import say, say_json
    from farm.cli.session import read_settings
    from farm.doctor import State, examine

    checks = list(examine(read_settings()))
    is_well = all(check.state is not State.FAILED for check in checks)
    if as_json:
        say_json({"ok": is_well, "checks": [check.to_json() for check in checks]})
        return 0 if is_well else 1
    for check in checks:
        say(f"{check.state:<7} {check.name:<18} {check.found}")
        if check.fix:
            say(f"{'':<7} {'':<18} -> {check.fix}")
    return 0 if is_well else 1


def hwaccel(
    show: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="NAME",
            help="List the encoders, decoders, formats, filters or pixel-formats.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what this FFmpeg has, and prove what encodes on hardware."""
    from farm.api import Farm
    from farm.cli.hardware import LISTS, say_built_in, say_hardware
    from farm.cli.output import say_json
    from farm.cli.session import read_settings
    from farm.errors import InvalidOption

    if show is not None and show not in LISTS:
        raise InvalidOption(f"there is no list {show!r}; choose of {', '.join(LISTS)}")
    with Farm(read_settings(), may_start=False) as farm:
        found = farm.hwaccel(prove=show is None)
    if as_json:
        say_json(found.to_json())
    elif show is not None:
        say_built_in(found.built_in, show)
    else:
        say_hardware(found)


def presets(as_json: JsonOption = False) -> None:
    """List the presets: how a render can be encoded."""
    from farm.cli.output import say_json, say_table
    from farm.cli.session import read_settings
    from farm.presets.catalog import load_presets

    found = load_presets(read_settings().preset_folders)
    if as_json:
        say_json(
            {"presets": [preset.model_dump(mode="json") for preset in found.values()]}
        )
        return
    say_table(
        ("PRESET", "OUTPUT", "WHAT"),
        [
            (preset.name, " ".join(preset.containers), preset.what)
            for preset in found.values()
        ],
    )


def effects(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="Say all of one of them.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the effects of the catalogue, or say what one of them takes."""
    from farm.cli.output import say, say_aside, say_json, say_table
    from farm.effects.catalog import EFFECTS, FAMILIES, find_effect_problem
    from farm.effects.describe import describe_effect, show_parameter
    from farm.errors import InvalidOption
    from farm.timeline.clip import EffectUse

    if name is not None and name not in EFFECTS:
        raise InvalidOption(str(find_effect_problem(EffectUse(name=name))))
    if as_json:
        names = [name] if name else list(EFFECTS)
        say_json({"effects": [describe_effect(each) for each in names]})
    elif name is None:
        say_table(
            ("FAMILY", "EFFECT", "WHAT"),
            [
                (family, each, effect.what)
                for family, entries in FAMILIES.items()
                for each, effect in entries.items()
            ],
        )
        say_aside("docs/gallery/README.md has a picture of each")
    else:
        say(EFFECTS[name].what)
        for key, parameter in EFFECTS[name].parameters.items():
            say(f"  {key}: {show_parameter(parameter)}")
        family = next(key for key, each in FAMILIES.items() if name in each)
        say_aside(f"docs/gallery/effects-{family}.md has a picture of it")
