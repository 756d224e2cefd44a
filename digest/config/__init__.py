"""digest.toml -> Settings: one file, checked whole, every mistake told at once with its line and a remedy.

    find_config -> load_settings -> Settings -> editions(), sources_of(), require_mail()

Precedence: environment, then file, then default.  `read_password` is asked only when mail is about to be sent.
"""

from digest.config.addresses import clean_display_name, parse_mailbox
from digest.config.changing import set_values
from digest.config.document import loose_files, watched_paths
from digest.config.editing import add_sources, pause_source, remove_source, write_source
from digest.config.editions import EditionSettings, SectionSettings
from digest.config.loading import default_settings, load_settings, read_template
from digest.config.mail import MailSettings
from digest.config.passwords import describe_login, read_password
from digest.config.presets import Preset, load_presets
from digest.config.settings import Settings, StoreSettings
from digest.config.sources import CollectSettings, SourceSettings, make_source
from digest.config.wording import suggest
from digest.places import find_config

__all__ = [
    "CollectSettings",
    "EditionSettings",
    "MailSettings",
    "Preset",
    "SectionSettings",
    "Settings",
    "SourceSettings",
    "StoreSettings",
    "add_sources",
    "clean_display_name",
    "default_settings",
    "describe_login",
    "find_config",
    "load_presets",
    "load_settings",
    "loose_files",
    "make_source",
    "parse_mailbox",
    "pause_source",
    "read_password",
    "read_template",
    "remove_source",
    "set_values",
    "suggest",
    "watched_paths",
    "write_source",
]
