"""The threats that a digest of hostile sources meets, and for each the tests that hold it: none may go missing.

Numbers are those of our threat list; 1 to 13, 23 and 24, which are about reading, are held by tests/collect,
tests/extract and tests/cli/test_threats.py.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

HELD = {
    "12 pixels, external style sheets, fonts": {
        "html/test_browser.py": ["test_nothing_is_fetched"],
        "safety/test_templates.py": ["test_our_letter_names_nothing_to_load"],
    },
    "14 what is invisible or turns the line": {
        "safety/test_words.py": [
            "test_a_letter_shows_all_that_is_in_it",
            "test_marks_are_piled_up_no_higher_than_a_language_needs",
        ],
        "render/test_render_typography.py": [
            "test_clean_text_is_one_harmless_line",
            "test_each_kind_of_trickery_is_undone",
        ],
        "cli/test_threats.py": ["test_what_is_invisible_or_turns_the_line_is_cleaned_away"],
        "cli/test_run.py": ["test_a_lone_surrogate_goes_out"],
    },
    "15 headers that a title adds": {
        "render/test_render_message.py": ["test_no_text_can_end_its_header", "test_every_subject_comes_back"],
        "cli/test_run.py": ["test_articles_with_odd_titles_go_out_as_one_subject_and_no_header_of_theirs"],
        "mta/test_trip.py": ["test_it_is_understood_by_another_parser"],
    },
    "16 SMTP commands in an address, messages within a message": {
        "test_config.py": [
            "test_what_is_no_address_is_refused_with_a_reason",
            "test_whatever_is_taken_for_an_address_is_safe_in_a_command",
        ],
        "render/test_render_message.py": ["test_every_byte_is_ascii_in_short_crlf_lines"],
        "deliver/test_sending.py": [
            "test_no_message_can_end_itself",
            "test_an_address_that_cannot_be_spoken_fails_alone",
        ],
        "mta/test_trip.py": ["test_it_arrives_byte_for_byte"],
    },
    "17 templates in titles, and out of the sandbox": {
        "safety/test_templates.py": [
            "test_words_of_others_stay_words",
            "test_a_template_does_not_get_out_of_its_sandbox",
            "test_a_template_is_given_plain_data_only",
            "test_no_secret_can_be_rendered",
        ],
        "render/test_render_templating.py": ["test_what_a_template_may_not_do_is_an_error_of_the_template"],
    },
    "18 templates without end": {
        "safety/test_templates.py": ["test_what_eats_time_or_memory_ends_and_ours_is_used"],
    },
    "19 what the inliner would fetch": {
        "safety/test_templates.py": ["test_rendering_fetches_nothing"],
        "render/test_render_templating.py": ["test_style_sheets_are_not_fetched"],
    },
    "20 TLS to the mail server": {
        "deliver/test_connection.py": [
            "test_an_untrusted_certificate_ends_before_the_password",
            "test_a_certificate_for_another_name_is_refused",
            "test_an_expired_certificate_is_refused",
            "test_stripped_starttls_ends_before_the_password",
        ],
        "deliver/test_yagmail_contract.py": ["test_an_untrusted_certificate_raises"],
        "deliver/test_oauth.py": [
            "test_an_untrusted_certificate_gets_no_token",
            "test_stripped_starttls_gets_no_token",
        ],
    },
    "21 secrets that are told": {
        "deliver/test_secrets.py": ["test_no_failure_tells_the_password", "test_success_does_not_tell_the_password"],
        "test_config.py": [
            "test_a_password_in_the_file_is_a_mistake_and_is_not_shown",
            "test_a_password_file_that_others_can_touch_is_refused",
        ],
        "cli/test_threats.py": ["test_secrets_of_a_source_are_told_to_its_own_host_only"],
        "deliver/test_oauth.py": ["test_the_token_is_nowhere"],
    },
    "22 files that others can read": {
        "safety/test_modes.py": [
            "test_all_that_is_kept_is_for_its_owner",
            "test_the_journal_is_private_while_a_run_writes_it",
            "test_a_configuration_keeps_the_mode_its_owner_gave_it",
        ],
        "store/test_opening.py": ["test_database_and_its_log_are_private"],
        "store/test_lock.py": ["test_the_lock_is_private_and_is_not_the_database"],
    },
    "25 YAML that makes objects": {
        "safety/test_commands.py": [
            "test_nothing_that_was_read_becomes_an_object",
            "test_tags_of_front_matter_make_nothing",
            "test_a_bomb_of_aliases_is_read_at_once",
        ],
    },
    "26 a preview that others can ask for": {
        "safety/test_templates.py": ["test_a_preview_opens_no_socket", "test_a_previewed_page_is_forbidden_to_load"],
    },
    "27 two runs at once": {
        "deliver/test_two_at_once.py": [
            "test_two_threads_send_each_mail_once",
            "test_two_processes_send_each_mail_once",
        ],
        "store/test_lock.py": ["test_a_second_run_is_turned_away_at_once"],
        "cli/test_run.py": [
            "test_a_second_run_at_the_same_time_steps_back",
            "test_a_clock_that_goes_back_sends_nothing_twice",
        ],
        "crash/test_kill.py": ["test_a_killed_sender_neither_repeats_nor_loses_a_mail"],
    },
    "28 commands in titles": {
        "safety/test_commands.py": ["test_there_is_no_shell", "test_a_command_is_a_list_and_no_line"],
        "meta/test_house.py": ["test_feeds_and_templates_never_reach_a_shell"],
    },
    "29 what we stand on": {
        "safety/test_chain.py": [
            "test_no_release_with_a_known_hole_satisfies_us",
            "test_what_is_installed_is_mended",
            "test_the_node_checkers_are_locked_by_hash",
        ],
    },
    "30 a terminal that obeys": {
        "cli/test_threats.py": ["test_a_terminal_obeys_no_source"],
        "deliver/test_sending.py": ["test_a_reply_full_of_control_characters_is_made_printable"],
    },
}
"""Each threat, and where which tests hold it."""


@cache
def read_tests(path: str) -> dict[str, str]:
    """The tests of a file and their sources."""
    file = TESTS / path
    tree = ast.parse(file.read_text("utf-8")) if file.exists() else ast.parse("")
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))
    return {node.name: ast.unparse(node) for node in found}


@pytest.mark.parametrize("threat", HELD)
def test_every_threat_is_held_by_the_tests_it_names(threat: str) -> None:
    """The tests are there, and each can fail: it asserts something, or expects an error."""
    missing = [
        f"{path}::{name}" for path, names in HELD[threat].items() for name in names if name not in read_tests(path)
    ]
    assert missing == [], threat
    for path, names in HELD[threat].items():
        for name in names:
            assert "assert " in read_tests(path)[name] or "pytest.raises" in read_tests(path)[name], f"{path}::{name}"
    assert HELD[threat], "nothing holds it"


def test_no_threat_of_the_list_is_passed_over() -> None:
    """Every number of the mail's part of the list stands here."""
    assert {int(threat.split()[0]) for threat in HELD} >= {*range(14, 23), *range(25, 31)}
