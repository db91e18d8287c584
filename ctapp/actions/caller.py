"""Who calls an action and what they may do; the two ways in which an action says no."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin

from ctapp.audit.events import Actor


class Refused(Exception):  # noqa: N818 -- it reads as what happened
    """The action was not done; the message says which thing, why, and what to do next. Nothing was changed."""


class NotPermitted(Refused):
    """The caller lacks the permission."""


@dataclass(frozen=True)
class Caller:
    """An actor and, for a person in the web, their account; shell commands and schedules have none and may do all."""

    actor: Actor
    user: AbstractBaseUser | AnonymousUser | None = None

    @classmethod
    def command(cls, name: str) -> "Caller":
        """Someone with a shell on the machine, running `manage.py name`."""
        return cls(Actor(f"command:{name}"))

    @classmethod
    def schedule(cls, name: str) -> "Caller":
        """The schedule of that name."""
        return cls(Actor(f"schedule:{name}"))

    @classmethod
    def person(cls, user: AbstractBaseUser | AnonymousUser, request_id: str | None = None) -> "Caller":
        """A person in the web."""
        return cls(Actor(f"user:{user.get_username() or 'anonymous'}", request_id), user)

    @property
    def is_schedule(self) -> bool:
        """Whether nobody is there to read a refusal."""
        return self.actor.name.startswith("schedule:")

    def require(self, permission: str, what: str) -> None:
        """Raise NotPermitted unless the caller holds `permission` ("ctapp.start_run"); `what` ends the sentence."""
        if self.user is None:
            return
        if not isinstance(self.user, PermissionsMixin) or not self.user.has_perm(permission):
            raise NotPermitted(
                f"{self.actor.name} may not {what}: the permission {permission} is missing; ask an administrator"
            )
