"""Pictures: words with every picture, texts inside the canvas and apart, honest marks, the same bytes every time."""

import re
from collections.abc import Callable
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from binnenstad.costs.show.money_bars import draw_shares, draw_stacked
from binnenstad.goals import assess, decimal_year, series, turns
from binnenstad.goals.say.goal import describe_goals
from binnenstad.goals.show.attainment_bars import draw_attainment
from binnenstad.goals.show.trend_lines import draw_trends
from binnenstad.page import chart as canvas

NO_TURNS = pd.DataFrame({"indicator": [], "date": pd.to_datetime([])})
WIDTHS = [canvas.WIDE, canvas.NARROW]
WORDS_WITH = ("Titel van het plaatje", "Zo staan de doelen er in woorden voor.", "Bron: het contract")
SHOUTED = "AANTAL BEZOEKERS PER WEEK VAN HET CENTRUM EN DE WINKELGEBIEDEN DAAROMHEEN, ZONDER BEWONERS EN PERSONEEL"
LONG_NAMES = {
    "capitals": SHOUTED,
    "W": "W" * 300,
    "i": "i" * 300,
    "words": " ".join(["lang"] * 60),
    "fund": "Bijdrage uit het ondernemersfonds van de binnenstad",
}


ASSESSED: dict[tuple, tuple[pd.DataFrame, pd.DataFrame]] = {}


def at(almelo, period: str, **changes: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The goals of Almelo as assessed at a period, and their values; ``changes`` rewrite indicator columns."""
    key = period, *changes.items()
    if key not in ASSESSED:
        moment = almelo.moment(period)
        tables = almelo["indicators"].assign(**changes), almelo["measurements"], moment.reference, moment.as_of
        ASSESSED[key] = assess(*tables), series(*tables)
    assessed, values = ASSESSED[key]
    return assessed.copy(), values.copy()


UNBRIDGED = {"bridge": np.nan, "bridge_error": np.nan, "error": np.nan}


def one_goal(**columns: object) -> pd.DataFrame:
    """A goal from 100 in 2016 to 200 in 2022, measured as 150 at the end of 2019."""
    goal = {
        "id": "1a", "goal": "1", "title": "Bezoekers", "direction": "at_least", "unit": "count",
        "unit_label": "bezoekers", "baseline_value": 100.0, "baseline_date": pd.Timestamp("2016-12-31"),
        "target_kind": "absolute", "target_value": 200.0, "target_date": pd.Timestamp("2022-12-31"),
        "anchor": "contract", "kind": "stock", "maximum_age_years": np.nan, "lower_limit": np.nan,
        "upper_limit": np.nan, "baseline_standard_error": np.nan, "path_shape": None, "weight": np.nan,
        "seasonal": False, "fault": None, "source": "Contract", "value": 150.0,
    } | columns  # fmt: skip
    value = goal.pop("value")
    row = {
        "indicator": "1a", "date": pd.Timestamp("2019-12-31"), "value": value, "standard_error": np.nan,
        "respondents": np.nan, "effective_respondents": np.nan, "valid_weeks": np.nan,
        "published": pd.Timestamp("2020-01-31"), "status": "final", "illustrative": False, "method_break": False,
        "source": "Telling", "bridge": np.nan, "bridge_error": np.nan, "exceptional": False, "exceptional_reason": None,
    }  # fmt: skip
    moment = pd.Timestamp("2019-12-31"), pd.Timestamp("2020-02-14")
    return assess(pd.DataFrame([goal]), pd.DataFrame([row]), *moment)


def shares(**partners: tuple[float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(partners, index=["cost_share", "benefit_share"]).T
    return frame.assign(difference=frame["cost_share"] - frame["benefit_share"])


@pytest.fixture
def figures(monkeypatch) -> Callable[..., dict[int, Figure]]:
    """Draw a picture and return its matplotlib figures by width, one px in the file being one px here."""

    def draw(function: Callable[..., object], *frames: object) -> dict[int, Figure]:
        caught = {}
        monkeypatch.setattr(canvas, "picture", lambda title, what, source, draw, **_: caught.update(draw=draw))
        function(*frames, *WORDS_WITH)
        drawn = {}
        with mpl.rc_context(canvas.STYLE):
            for width in WIDTHS:
                drawn[width] = caught["draw"](width)
                drawn[width].set_dpi(72)
                # that places the texts, and paints none
                FigureCanvasAgg(drawn[width]).figure.draw_without_rendering()
        return drawn

    return draw


def texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """What is written, with the box of each text in px."""
    own = [text for ax in figure.axes for text in [*ax.texts, *ax.get_xticklabels() * ax.axison]]
    return [(text.get_text(), text.get_window_extent()) for text in [*figure.texts, *own] if text.get_text().strip()]


def assert_readable(drawn: dict[int, Figure]) -> None:
    """Every text lies inside the canvas, and no two lie on each other."""
    for width, figure in drawn.items():
        found, height = texts(figure), figure.bbox.height
        outside = [
            text for text, box in found if box.x0 < -1 or box.x1 > width + 1 or box.y0 < -2 or box.y1 > height + 2
        ]
        assert not outside, f"outside a canvas of {width} px: {outside}"
        inner = [(text, box.padded(-1.5)) for text, box in found]
        both = [(one, two) for (one, a), (two, b) in combinations(inner, 2) if a.overlaps(b)]
        assert not both, f"on each other at {width} px: {both}"


def bars(figure: Figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


@pytest.fixture(scope="module")
def four(almelo, nl) -> dict[str, str]:
    """The four pictures of Almelo as HTML."""
    assessed, values = at(almelo, "2019Q4")
    amounts = pd.DataFrame({"subsidie": [10.0, 0], "BIZ": [5.0, 30]}, index=["Gemeente", "Ondernemers"])
    blocks = {
        "attainment": draw_attainment(assessed, nl, *WORDS_WITH),
        "trends": draw_trends(assessed, values, NO_TURNS, nl, *WORDS_WITH),
        "shares": draw_shares(shares(Gemeente=(0.7, 0.2), Ondernemers=(0.3, 0.8)), nl, *WORDS_WITH),
        "stacked": draw_stacked(amounts, nl, *WORDS_WITH),
    }
    return {name: block.html for name, block in blocks.items()}


@pytest.mark.parametrize(("title", "what"), [("", "Een zin."), ("Titel", ""), (" ", "Een zin."), ("Titel", "\n")])
def test_a_picture_without_title_or_name_is_not_drawn(nl, title, what):
    with pytest.raises(ValueError, match="title and what it is"):
        draw_stacked(pd.DataFrame({"BIZ": [1.0]}, index=["Gemeente"]), nl, title, what, "Bron")


def test_a_picture_is_drawn_for_page_and_phone_with_its_words(four):
    for html in four.values():
        soup = BeautifulSoup(html, "html.parser")
        assert soup.figcaption.text == WORDS_WITH[0] and soup.select_one(".source").text == WORDS_WITH[2]
        for side, width in zip(("wide", "narrow"), WIDTHS, strict=True):
            svg = soup.select_one(f".{side} > svg")
            assert svg["role"] == "img" and svg["aria-label"] == f"{WORDS_WITH[1]}. {WORDS_WITH[0]}."
            assert svg["viewbox"].split()[2] == str(width) and not svg.get("width")


def test_every_picture_of_a_programme_has_a_short_alt_text_with_its_finding(reports):
    pages = list(reports.rglob("*.html"))
    assert len(pages) > 4
    for page in pages:
        for figure in BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("figure"):
            alt, finding = figure.svg["aria-label"], figure.figcaption.text
            assert re.match(r"(Staaf|Lijn|Stippen|Punt|Regel|Netwerk|Bar|Line|Dot|Control|Network)", alt), alt
            assert alt.endswith(f". {finding}.") and len(alt) <= 180, alt


def test_text_in_a_picture_stays_text(four, almelo):
    soup = BeautifulSoup(four["attainment"], "html.parser")
    said = " ".join(text.text for text in soup.select(".wide text"))
    for title in almelo["indicators"]["title"]:
        assert title in said
    assert "Open Sans" in soup.select_one("text")["style"]


def test_ids_are_unique_on_a_page_and_every_reference_leads_somewhere(four):
    page = "".join(four.values())
    soup = BeautifulSoup(page, "html.parser")
    ids = [tag["id"] for tag in soup.select("[id]")]
    used = re.findall(r"url\(#([^)]+)\)", page) + [tag["xlink:href"][1:] for tag in soup.select("use")]
    assert len(ids) == len(set(ids)) > 100
    assert used and set(used) <= set(ids)


def test_a_picture_holds_no_clock_and_no_metadata(four):
    assert not re.search("<metadata|<!--|<dc:|matplotlib.org|20[2-9][0-9]-", "".join(four.values()), re.I)


def test_the_same_figures_give_the_same_bytes(almelo, nl):
    assessed, values = at(almelo, "2019Q4")
    for draw in (
        lambda: draw_attainment(assessed, nl, *WORDS_WITH),
        lambda: draw_trends(assessed, values, NO_TURNS, nl, *WORDS_WITH),
    ):
        assert draw().html == draw().html


def test_drawing_leaves_the_settings_of_matplotlib_alone(almelo, nl):
    before = dict(mpl.rcParams)
    draw_attainment(at(almelo, "2019Q4")[0], nl, *WORDS_WITH)
    assert dict(mpl.rcParams) == before


def test_titles_from_data_are_written_as_they_stand(nl):
    title = '<script>alert("$x$")</script> & id="a" url(#b)'
    soup = BeautifulSoup(draw_attainment(one_goal(title=title), nl, *WORDS_WITH).html, "html.parser")
    assert soup.select_one(".wide text[style*=bold], .wide text[style*='700']").text == f"1a {title}"
    assert not soup.select("script")


def test_alt_text_and_title_are_escaped(nl):
    words = ('<b onload="x">', 'Een "alt" met <script> & meer.', "<i>Bron</i>")
    soup = BeautifulSoup(draw_stacked(pd.DataFrame({"BIZ": [1.0]}, index=["A"]), nl, *words).html, "html.parser")
    title, what, source = words
    assert [soup.figcaption.text, soup.svg["aria-label"], soup.select_one(".source").text] == [
        title, f"{what}. {title}.", source,
    ]  # fmt: skip
    assert not soup.select("script, b, i")


def test_where_there_is_nothing_to_draw_a_paragraph_says_so(almelo, nl):
    assessed, values = at(almelo, "2019Q4")
    nothing = [
        draw_trends(assessed, values.iloc[:0], NO_TURNS, nl, "", "", ""),
        draw_shares(shares(Gemeente=(0.5, np.nan)), nl, "", "", ""),
        draw_shares(shares(Gemeente=(0.5, 0.5)).iloc[:0], nl, "", "", ""),
        draw_stacked(pd.DataFrame({"BIZ": [0.0]}, index=["Gemeente"]), nl, "", "", ""),
        draw_stacked(pd.DataFrame(), nl, "", "", ""),
    ]
    assert {block.html for block in nothing} == {"<p>Hier zijn geen cijfers om te tekenen.</p>"}


@pytest.mark.parametrize("example", [True, False])
def test_a_picture_of_example_figures_is_marked_illustrative(almelo, nl, example):
    assessed, values = at(almelo, "2019Q4")
    assessed["illustrative"] = values["illustrative"] = example
    assert draw_attainment(assessed, nl, *WORDS_WITH).illustrative is example
    assert draw_trends(assessed, values, NO_TURNS, nl, *WORDS_WITH).illustrative is example


def test_a_bar_reaches_as_far_as_the_attainment(nl, figures):
    frame, bar = bars(figures(draw_attainment, one_goal(value=143.0), nl)[canvas.WIDE])
    assert bar.get_width() / frame.get_width() == pytest.approx(0.43)
    assert bar.get_x() == frame.get_x() and not bar.get_hatch()


def test_a_bar_past_the_target_ends_at_the_target_and_the_text_says_how_far(nl, figures):
    figure = figures(draw_attainment, one_goal(value=230.0), nl)[canvas.WIDE]
    frame, bar = bars(figure)
    assert bar.get_width() == frame.get_width()
    assert any("130% van de afgesproken verandering" in text for text, _ in texts(figure))


def test_a_bar_behind_the_baseline_is_hatched_and_lies_left_of_it(nl, figures):
    figure = figures(draw_attainment, one_goal(value=60.0), nl)[canvas.NARROW]
    frame, bar = bars(figure)
    assert bar.get_hatch() and bar.get_x() < frame.get_x()
    assert bar.get_x() >= 0 and bar.get_x() + bar.get_width() == pytest.approx(frame.get_x())
    assert any("verslechtert; 60 bezoekers" in text for text, _ in texts(figure))
    assert not any("%" in text for text, _ in texts(figure))


def test_a_goal_that_must_fall_fills_its_bar_as_it_falls(nl, figures):
    goal = one_goal(direction="at_most", baseline_value=200.0, target_value=100.0, value=140.0)
    frame, bar = bars(figures(draw_attainment, goal, nl)[canvas.WIDE])
    assert bar.get_width() / frame.get_width() == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ({"baseline_value": np.nan, "baseline_date": pd.NaT}, "nog niet (geen nulmeting)"),
        ({"target_value": np.nan, "target_kind": None, "target_date": pd.NaT}, "geen streefwaarde"),
        ({"baseline_value": 200.0}, "norm"),
    ],
)
def test_a_goal_without_attainment_has_no_bar_and_says_why(nl, figures, goal, said):
    figure = figures(draw_attainment, one_goal(**goal), nl)[canvas.WIDE]
    assert not bars(figure)
    assert any(said in text for text, _ in texts(figure))


def test_a_goal_to_keep_a_level_has_no_bar_of_change(nl, figures):
    """Nothing was to change: an attainment of minus so much would read as a failure while the norm is kept."""
    figure = figures(draw_attainment, one_goal(baseline_value=220.0, value=230.0), nl)[canvas.WIDE]
    assert any("norm gehaald" in text for text, _ in texts(figure))
    assert not bars(figure)
    assert not any("afgesproken verandering" in text for text, _ in texts(figure)[1:])


def trend(figure: Figure, goal: str) -> tuple[pd.DataFrame, list[str]]:
    """Points of the measured line in px, and the colour inside each dot, of one small chart."""
    (ax,) = figure.axes
    lines = [line for line in ax.lines if line.get_label() == goal]
    line = next(line for line in lines if line.get_linestyle() != "None" and to_hex(line.get_color()) == canvas.BLUE)
    dots = [line for line in lines if line.get_marker() == "o"]
    faces = {at: to_hex(line.get_markerfacecolor()) for line in dots for at in line.get_xdata()}
    return pd.DataFrame(line.get_xydata(), columns=["x", "y"]), [faces[at] for at in sorted(faces)]


def test_a_year_without_measurement_leaves_a_gap_in_the_line(almelo, nl, figures):
    assessed, values = at(almelo, "2022")
    line, faces = trend(figures(draw_trends, assessed, values, NO_TURNS, nl)[canvas.WIDE], "4b")
    own = values[values["indicator"] == "4b"]
    drawn = line.dropna()
    # upward is less
    for axis, data, sign in (("x", decimal_year(own["date"]), 1), ("y", own["value"], -1)):
        assert np.diff(drawn[axis]) / np.diff(data) == pytest.approx(sign * np.ptp(drawn[axis]) / np.ptp(data))
    (gap,) = np.flatnonzero(line["x"].isna())
    assert own["date"].dt.year.iloc[[gap - 1, gap]].tolist() == [2018, 2020]
    assert len(faces) == len(own)


def test_a_provisional_value_is_an_open_dot(almelo, nl, figures):
    assessed, values = at(almelo, "2019Q4")
    drawn = figures(draw_trends, assessed, values, NO_TURNS, nl)[canvas.NARROW]
    for goal in assessed["id"]:
        status = values.loc[values["indicator"] == goal, "status"]
        begin = ["final"] * (goal == "1a")  # the one agreed baseline, before the first value
        assert trend(drawn, goal)[1] == [canvas.BLUE if one == "final" else "#ffffff" for one in [*begin, *status]]
    assert (values["status"] == "provisional").any()


def test_a_goal_without_measurement_keeps_its_place_and_says_so(almelo, nl, figures):
    moment, known = almelo.moment("2019Q4"), almelo["measurements"]
    tables = almelo["indicators"], known[known["indicator"] != "3a"], moment.reference, moment.as_of
    assessed = assess(*tables)
    drawn = figures(draw_trends, assessed, series(*tables), NO_TURNS, nl)
    written = [text.get_text() for text in drawn[canvas.WIDE].axes[0].texts]
    assert written.count("geen meting") == 1
    before = written[: written.index("geen meting")]
    assert before.count("2022") == assessed["id"].tolist().index("3a")
    assert written.count("2022") == len(assessed)


def test_above_each_trend_stand_the_two_values_its_title_and_its_sentence_are_about(almelo, nl, figures):
    """1a rose from 71,500 to 84,300 in 2021, and stands below the baseline that it is judged by."""
    assessed, values = at(almelo, "2021Q4")
    drawn = figures(draw_trends, assessed, values, NO_TURNS, nl)
    written = [text for text, _ in texts(drawn[canvas.WIDE])]
    assert "van 93.000 (2016) naar 84.300 (2021)" in written
    said = describe_goals(assessed, [""] * len(assessed), nl)
    for goal, (_, sentence) in zip(assessed.itertuples(), said, strict=True):
        old, new = nl.measure(goal.begin, goal.unit), nl.measure(goal.value, goal.unit)
        assert f"van {old} (2016) naar {new} (2021)" in written
        assert re.search(f"Sinds 2016.*{re.escape(old)} (naar|en) {re.escape(new)}", sentence)
    line, _ = trend(drawn[canvas.WIDE], "1a")
    assert line["y"].iloc[0] < line["y"].iloc[-1] and len(line.dropna()) == 6


def test_a_bridged_series_is_drawn_on_one_scale(nl, figures):
    """100 in 2016 and 120 in 2018 are 150 and 180 since the count of 2019: the line that rose falls nowhere."""
    goal = one_goal().assign(baseline=150.0, begin=150.0, target=300.0, value=190.0)
    rows = {"indicator": "1a", "date": pd.to_datetime(["2018-12-31", "2019-12-31"]), "value": [120.0, 190.0]}
    own = pd.DataFrame(rows).assign(**UNBRIDGED, low=np.nan, high=np.nan, status="final", illustrative=False)
    own["bridge"], own["method_break"] = [np.nan, 1.5], [False, True]
    (ax,) = figures(draw_trends, goal, own, NO_TURNS, nl)[canvas.WIDE].axes
    dots = np.concatenate([line.get_ydata() for line in ax.lines if line.get_marker() == "o"])
    # downward is more: from 150 to 180 is three times as far as from 180 to 190
    assert (dots[0] - dots[1]) / (dots[1] - dots[2]) == pytest.approx(3)


def test_a_norm_has_no_path_and_a_path_of_growth_is_drawn_as_it_is_computed(almelo, nl, figures):
    def path(**columns: object) -> list[np.ndarray]:
        goal = one_goal(**columns)
        row = {"indicator": "1a", "date": goal["date"], "value": goal["value"], "low": np.nan, "high": np.nan}
        own = pd.DataFrame(row).assign(method_break=False, status="final", illustrative=False, **UNBRIDGED)
        (ax,) = figures(draw_trends, goal, own, NO_TURNS, nl)[canvas.WIDE].axes
        return [line.get_xydata() for line in ax.lines if line.get_linestyle() == ":"]

    assert path(baseline_value=220.0, value=230.0) == []
    (straight,), (growth,) = path(), path(path_shape="growth")
    assert len(straight) == 2
    # halfway from 100 to 200 a growth path asks 141 where a straight one asks 150; upward is less
    assert growth[[0, -1]] == pytest.approx(straight)
    part = (growth[0, 1] - growth[6, 1]) / (growth[0, 1] - growth[-1, 1])
    assert part == pytest.approx(2**0.5 - 1)


def test_an_event_is_drawn_where_the_line_turned(almelo, nl, figures):
    assessed, values = at(almelo, "2021Q4")
    turned = turns(almelo["events"], values)
    (ax,) = figures(draw_trends, assessed, values, turned, nl)[canvas.WIDE].axes
    upright = [line.get_label() for line in ax.lines if to_hex(line.get_color()) == canvas.ORANGE]
    assert upright == turned["indicator"].tolist() == ["1a", "2a", "2b", "3a", "3b", "4a", "5a"]


def test_of_more_series_than_can_be_told_apart_the_smallest_are_one(nl, figures):
    seven = pd.DataFrame([[1, 20, 3, 40, 50, 6, 70.0]], index=["Gemeente"], columns=list("abcdefg"))
    figure = figures(draw_stacked, seven, nl)[canvas.WIDE]
    assert [text for text, _ in texts(figure)] == ["b", "d", "e", "g", "overige", "Gemeente", "€\xa0190"]
    lengths = [bar.get_width() * 190 / (canvas.WIDE - 2) for bar in bars(figure)[5:]]
    assert lengths == pytest.approx([20, 40, 50, 70, 10])
    five = seven.assign(a=0.0, f=0.0)
    assert "overige" not in [text for text, _ in texts(figures(draw_stacked, five, nl)[canvas.WIDE])]


def test_stacked_bars_are_as_long_as_their_amounts_and_end_where_the_next_begins(nl, figures):
    amounts = pd.DataFrame({"subsidie": [30.0, 0], "BIZ": [10.0, 20]}, index=["Gemeente", "Ondernemers"])
    found = bars(figures(draw_stacked, amounts, nl)[canvas.WIDE])[2:]
    assert [bar.get_width() for bar in found] == pytest.approx(
        [(canvas.WIDE - 2) * part / 40 for part in (30, 10, 0, 20)]
    )
    assert found[1].get_x() == pytest.approx(found[0].get_x() + found[0].get_width())


def test_paired_dots_stand_at_their_shares(nl, figures):
    ax = figures(draw_shares, shares(Gemeente=(0.8, 0.2)), nl)[canvas.WIDE].axes[0]
    dots = [found.get_offsets()[0] for found in ax.collections if isinstance(found, PathCollection)][2:]
    benefit, cost = (float(x) for x, _ in dots)
    assert (cost - 10) / (benefit - 10) == pytest.approx(4)


PERIODS = ["2016Q4", "2017Q4", "2018Q4", "2019Q4", "2020Q4", "2021Q4", "2022Q4"]


@pytest.mark.parametrize("period", PERIODS)
def test_texts_of_the_goals_of_almelo_are_readable(almelo, nl, figures, period):
    assessed, values = at(almelo, period)
    assert_readable(figures(draw_attainment, assessed, nl))
    assert_readable(figures(draw_trends, assessed, values, NO_TURNS, nl))


def test_texts_of_the_money_of_almelo_are_readable(nl, figures):
    partners = ["Ondernemers", "Ontwikkelaars en investeerders", "Gemeente Almelo"]
    assert_readable(figures(draw_shares, shares(**dict.fromkeys(partners, (0.2, 0.3))), nl))
    amounts = pd.DataFrame(250_000.0, partners, ["gemeentebegroting", "subsidie", "reclamebelasting"])
    assert_readable(figures(draw_stacked, amounts, nl))


def test_no_line_of_a_bar_runs_through_its_labels(nl, figures):
    for figure in figures(draw_attainment, one_goal(), nl).values():
        lines = [line.get_window_extent().padded(line.get_linewidth() / 2) for line in figure.axes[0].lines]
        crossed = [text for text, box in texts(figure) for line in lines if line.overlaps(box)]
        assert not crossed


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
@pytest.mark.parametrize("what", ["attainment", "trends", "shares", "stacked", "key"])
def test_long_names_stay_inside_the_canvas(almelo, nl, figures, what, name):
    assessed, values = at(almelo, "2019Q4", title=name)
    amounts = pd.DataFrame({"subsidie": [1_250_000.0, 2], "BIZ": [5.0, 30]}, index=[name, f"B {name}"])
    drawings = {
        "attainment": (draw_attainment, assessed, nl),
        "trends": (draw_trends, assessed, values, NO_TURNS, nl),
        "shares": (draw_shares, shares(**{name: (0.7, 0.2), "Ondernemers": (0.3, 0.8)}), nl),
        "stacked": (draw_stacked, amounts, nl),
        "key": (draw_stacked, amounts.T, nl),
    }
    assert_readable(figures(*drawings[what]))


@pytest.mark.parametrize("share", [-0.4, 0.5, 1.4])
def test_long_numbers_stay_inside_the_canvas_and_apart(nl, figures, share):
    size = 1_250_000.0
    at_every_pace = [
        one_goal(unit="eur", unit_label="omzet", baseline_value=10 * size, target_value=18 * size,
                 value=(10 + 8 * share) * size, baseline_date=pd.Timestamp(day))
        for day in ("2011-12-31", "2014-12-31", "2016-12-31", "2017-12-31", "2018-11-30", "2019-10-31")
    ]  # fmt: skip
    assert_readable(figures(draw_attainment, pd.concat(at_every_pace, ignore_index=True), nl))


def test_long_numbers_beside_a_trend_stay_inside_the_canvas(almelo, nl, figures):
    assessed, values = at(almelo, "2019Q4", unit="eur")
    for frame, columns in ((assessed, ["target", "baseline"]), (values, ["value", "low", "high"])):
        frame[columns] = frame[columns] * 1_000 + 1_000_000
    assert_readable(figures(draw_trends, assessed, values, NO_TURNS, nl))
