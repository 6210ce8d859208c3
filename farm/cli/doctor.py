"""Commands that say what there is: doctor, presets."""

from __future__ import annotations

import typer

from farm.cli.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(doctor)
    app.command()(presets)


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
