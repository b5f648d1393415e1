"""The command itself: what every subcommand does with bad input and interrupts."""

from __future__ import annotations

import errno
from typing import Any

import click
from superposition_theory import InputError


class _NotAccepted(click.ClickException):
    exit_code = 2


class _Command(click.Group):
    """Turn input that is not accepted into exit code 2, and an interrupt into 130."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            raise _NotAccepted(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of a pipe has gone; click ends quietly
                raise
            raise _NotAccepted(f"cannot read or write: {error}") from error
        except KeyboardInterrupt:
            click.echo("interrupted; --out keeps the results that were complete", err=True)
            ctx.exit(130)


@click.group(cls=_Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spectral-superposition")
def main() -> None:
    """Replay the theory of superposition, diagnose weights, and map small toy models."""
