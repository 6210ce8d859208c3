from __future__ import annotations

from farm.ffmpeg.log import LINES_KEPT, LONGEST_LINE, Log, message_of


def read(text: str) -> Log:
    log = Log()
    log.feed(text.encode())
    log.close()
    return log


def test_last_lines_are_kept() -> None:
    log = read("".join(f"[info] line {n}\n" for n in range(1000)))
    assert log.text.splitlines()[-1] == "[info] line 999"
    assert len(log.lines) == LINES_KEPT


def test_first_and_last_errors_are_kept() -> None:
    log = read("".join(f"[error] number {n}\n" for n in range(1000)))
    assert log.errors[0] == "[error] number 0"
    assert log.errors[-1] == "[error] number 999"
    assert len(log.errors) == 100


def test_lines_may_be_cut_anywhere() -> None:
    text = "[error] première\r\n[info] zwei\n[error] third"
    whole, bits = read(text), Log()
    for byte in text.encode():
        bits.feed(bytes([byte]))
    bits.close()
    assert bits.text == whole.text
    assert whole.errors == ["[error] première", "[error] third"]


def test_a_line_without_end_is_cut() -> None:
    log = Log()
    for _ in range(100):
        log.feed(b"x" * 1000)
    log.close()
    assert all(len(line) <= LONGEST_LINE for line in log.lines)


def test_bytes_that_are_no_text_are_no_error() -> None:
    log = Log()
    log.feed(b"\xff\xfe[error] caf\xe9\n")
    assert "[error]" in log.text


def test_errors_about_the_input_are_counted_with_repetitions() -> None:
    log = read(
        "[h264 @ 0x5a] [error] Reference 14 >= 8\n"
        "    Last message repeated 3 times\n"
        "[in#0/mov,mp4 @ 0x5b] [error] stream 1, offset 0xa56d6: partial file\n"
    )
    assert log.decode_errors == 5


def test_errors_about_the_output_are_not_counted() -> None:
    log = read(
        "[vost#0:0/libx264 @ 0x5a] [enc:libx264 @ 0x5b] [error] Error while opening\n"
        "    Last message repeated 3 times\n"
        "[out#0/mp4 @ 0x5a] [error] Nothing was written into output file\n"
        "[h264 @ 0x5a] [warning] not an error\n"
        "[dec:h264 @ 0x5a] [error] Task finished with error code: -5\n"
    )
    assert log.decode_errors == 0


def test_message_has_no_contexts() -> None:
    line = "[vist#0:0/h264 @ 0x5f] [dec:h264 @ 0x60] [error] Error submitting: [1] x"
    assert message_of(line) == "Error submitting: [1] x"
    assert message_of("[error] it's [this] file") == "it's [this] file"


def test_fonts_that_are_not_there_are_noted() -> None:
    log = read(
        "[Parsed_ass_0 @ 0x5a] [info] fontselect: (Noto Sans, 700, 0) -> "
        "NotoSans-Regular, 0, NotoSans-Regular\n"
        "[Parsed_ass_0 @ 0x5a] [info] fontselect: (Helvetica, 400, 0) -> "
        "/a/b.ttf, 0, NotoSans-Regular\n"
        "[Parsed_ass_0 @ 0x5a] [warning] fontselect: failed to find any fallback "
        "with glyph 0x6F22 for font: (Helvetica, 400, 0)\n"
    )

    font, characters = log.font_notes
    assert "no font 'Helvetica': a title is set in NotoSans-Regular" in font
    assert "\u6f22" in characters


def test_characters_that_a_terminal_obeys_are_told_by_their_numbers() -> None:
    line = "[Parsed_ass_0 @ 0x5a] [warning] fontselect: failed to find any fallback "
    line += "with glyph 0x{} for font: (Noto Sans, 400, 0)\n"
    log = read(line.format("9B") + line.format("202E"))

    (characters,) = log.font_notes
    assert "has these characters: U+009B U+202E;" in characters
