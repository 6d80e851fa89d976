"""A wrong command line in one sentence: what was given, and what is allowed. The library's own answer is a page of usage text."""

import typer

from abm.errors import nearest

WrongUsage: type[Exception] = typer.BadParameter.__mro__[1]  # what a bad value, an unknown option and a missing one have in common
SYNONYMS = {  # what people call an option of another name
    "--seeds": "--worlds", "--futures": "--worlds", "--n": "--worlds", "--simulations": "--worlds", "--samples": "--worlds",
    "--periods": "--quarters", "--steps": "--quarters", "--horizon": "--quarters", "--length": "--quarters",
    "--rng": "--seed", "--random-seed": "--seed", "--jobs": "--workers", "--cores": "--workers", "--threads": "--workers",
    "--output": "--out", "--folder": "--out", "--param": "--set", "--parameter": "--set", "--setting": "--set", "--vs": "--against",
    "--compare": "--against", "--firm": "--to", "--date": "--at", "--when": "--at", "--silent": "--quiet",
}  # fmt: skip
NEEDS_A_VALUE = "requires an argument"  # in the library's words
WORDS = {"Input should be": "it must be", "a valid integer": "a whole number", "a valid number": "a number"}


def sentence(error, words):
    """What is wrong with a command line. error: a WrongUsage; words: what was typed after the name of the program."""
    where = f"{error.ctx.command.name}: " if getattr(error.ctx, "parent", None) else ""
    parameter = getattr(error, "param", None)
    if parameter is not None and type(error) is typer.BadParameter:
        return _bad_value(parameter.opts, error.message, words)
    if parameter is not None:
        name = max(parameter.opts, key=len) if parameter.param_type_name == "option" else (parameter.metavar or parameter.name).upper()
        return f"{where}{name} is missing{_help(error.ctx)}"
    wrong, allowed = getattr(error, "option_name", ""), _names(error.ctx)
    if wrong and NEEDS_A_VALUE in str(error.message):
        return f"{where}{wrong} needs a value{_help(error.ctx)}"
    if wrong and wrong not in allowed:
        known = SYNONYMS.get(wrong, "")
        hint = f"did you mean {known!r}?" if known in allowed else nearest(wrong, allowed)
        return (
            f"{where}there is no option {wrong}; {hint}"
            if hint.startswith("did")
            else f"{where}there is no option {wrong}{_help(error.ctx)}"
        )
    said = error.format_message().rstrip(".").replace(". Did you mean", "; did you mean")
    return f"{where}{said[:1].lower() + said[1:]}{'' if said.endswith('?') else _help(error.ctx)}"


def _bad_value(names, message, words):
    name, value = _given(names, words)
    rule = message.split(", ")[0].rstrip(".")
    for theirs, ours in WORDS.items():
        rule = rule.replace(theirs, ours)
    return f"{name} = {value!r} is not allowed; {rule}" if value is not None else f"{name} needs a value; {rule}"


def _given(names, words):
    """The name of an option as it was typed, and what was typed as its last value, None where there is nothing."""
    found = max(names, key=len), None
    for word, following in zip(words, [*words[1:], None]):
        name, equals, value = word.partition("=")
        if name in names:
            found = name, value if equals else following
    return found


def _names(context):
    """All names of options of the command at work."""
    return [name for item in (context.command.params if context else ()) for name in (*item.opts, *item.secondary_opts)]


def _help(context):
    path = context.command_path if context else "overreach"
    return f"; {path.replace('root', 'overreach', 1)} --help says what it takes"
