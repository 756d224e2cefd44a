"""What [mail] leaves open, filled in: the server of the preset, the usual port, the sender."""

from __future__ import annotations

from typing import Any

from digest.config.mistakes import Mistake
from digest.config.presets import CUSTOM, Preset, load_presets

_USUAL_PORT = {"tls": 465, "starttls": 587, "none": 25}
USUAL_SECURITY = {465: "tls", 587: "starttls"}
# Stands for a server that is missing or unknown, which is reported already, so that pydantic does not report it again.
_NO_HOST = "localhost"


def complete_mail(raw: dict[str, Any]) -> list[Mistake]:
    """Fill [mail] in place, and return the mistake of a server that cannot be known."""
    mail = raw.get("mail")
    if not isinstance(mail, dict):
        return []
    name = mail.get("preset")
    preset = load_presets().get(name) if isinstance(name, str) else None
    missing = _find_missing_host(mail, preset)
    _fill_server(mail, preset or load_presets()[CUSTOM])
    if isinstance(user := mail.get("user"), str) and "@" in user:
        mail.setdefault("from", user)
    return missing


def _find_missing_host(mail: dict[str, Any], preset: Preset | None) -> list[Mistake]:
    if "host" in mail or (preset and preset.host) or (mail.get("preset") and not preset):
        return []
    if preset is None:
        wanted = 'host is missing: write preset = "qq", or host = "smtp.example.cn" and port = 465'
        return [Mistake(("mail", "host"), wanted)]
    wanted = f'preset "{preset.name}" needs a host of your own: write host = "{preset.host_example}"'
    return [Mistake(("mail", "preset"), wanted)]


def _fill_server(mail: dict[str, Any], preset: Preset) -> None:
    """Fill host, user, security and port; of the last two, the one that was written decides the other."""
    mail.setdefault("host", preset.host or _NO_HOST)
    if preset.user:
        mail.setdefault("user", preset.user)
    port = mail.get("port")
    usual = USUAL_SECURITY.get(port, preset.security) if isinstance(port, int) else preset.security
    security = mail.setdefault("security", usual)
    if security == preset.security:
        mail.setdefault("port", preset.port)
    mail.setdefault("port", _USUAL_PORT.get(str(security), preset.port))
