from __future__ import annotations

from fractions import Fraction

from farm.manifest.hls import build_media_playlist, build_multivariant_playlist
from farm.manifest.package import Package, Piece, Rung, Track

NTSC = Fraction(30000, 1001)


def make_track(name: str = "720p", *, frames: tuple[int, ...] = (150, 100)) -> Track:
    return Track(
        name=name,
        codec="avc1.64001F",
        init=f"artifacts/{name}.mp4",
        ticks_a_second=30000,
        pieces=tuple(
            Piece(file=f"{number}.m4s", size_bytes=100_000, ticks=count * 1001)
            for number, count in enumerate(frames)
        ),
        size=(1280, 720),
        rate=NTSC,
    )


def test_a_list_that_grows_names_what_is_there() -> None:
    text = build_media_playlist(
        make_track(), listed=1, target_seconds=6, has_ended=False, grows=True
    )

    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:6",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="720p-init.mp4"',
        "#EXTINF:5.005000,",
        "720p-00001.m4s",
    ]


def test_a_list_of_all_says_so() -> None:
    text = build_media_playlist(
        make_track(), listed=2, target_seconds=6, has_ended=True, grows=False
    )

    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text
    assert text.endswith("#EXTINF:3.336667,\n720p-00002.m4s\n#EXT-X-ENDLIST\n")


def test_errors_of_many_lengths_do_not_add_up() -> None:
    text = build_media_playlist(
        make_track(frames=(1,) * 9000),
        listed=9000,
        target_seconds=1,
        has_ended=True,
        grows=False,
    )
    lengths = [line[8:-1] for line in text.splitlines() if line.startswith("#EXTINF")]

    assert sum(map(Fraction, lengths)) == Fraction(9000 * 1001, 30000)


def test_an_index_says_what_each_variant_needs() -> None:
    sound = Track(
        name="audio",
        codec="mp4a.40.2",
        init="artifacts/sound.mp4",
        ticks_a_second=48000,
        pieces=(Piece(file="1.m4s", size_bytes=12_000, ticks=48000),),
        channels=2,
    )
    text = build_multivariant_playlist([make_track(), make_track("360p")], sound)

    # the second segment: 100,000 bytes in 3.336667 s; 96 kbit/s of sound
    variant = (
        "#EXT-X-STREAM-INF:BANDWIDTH=335761,AVERAGE-BANDWIDTH=287809,"
        "RESOLUTION=1280x720,FRAME-RATE=29.970,"
        'CODECS="avc1.64001F,mp4a.40.2",AUDIO="sound"'
    )
    rendition = (
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="audio",DEFAULT=YES,'
        'AUTOSELECT=YES,CHANNELS="2",URI="audio.m3u8"'
    )
    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        rendition,
        variant,
        "720p.m3u8",
        variant,
        "360p.m3u8",
    ]


def test_no_segment_is_longer_than_what_was_said_before() -> None:
    package = Package(
        rate=Fraction(25),
        frames=(150, 50),
        rungs=(Rung(name="video", size=(640, 360), tasks=("a", "b")),),
        sound="mix",
        grows=True,
    )

    assert package.target_seconds == 7  # sound may be a block longer than 6 s
    assert package.ends == (Fraction(6), Fraction(8))
    assert package.lists == ("video.m3u8", "audio.m3u8", "index.m3u8")
