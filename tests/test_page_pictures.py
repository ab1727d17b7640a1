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
from binnenstad.goals.say.goal import sentences
from binnenstad.goals.show import goal_lines
from binnenstad.goals.show.goal_cards import show_cards
from binnenstad.goals.show.goal_lines import tabulate_lines
from binnenstad.goals.show.trend_lines import draw_trend, span_of
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


PERIODS = ["2016Q4", "2017Q4", "2018Q4", "2019Q4", "2020Q4", "2021Q4", "2022Q4"]
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
        monkeypatch.setattr(
            canvas,
            "picture",
            lambda title, what, source, draw, *, small=False, **_: caught.update(draw=draw, small=small),
        )
        function(*frames, *WORDS_WITH)
        drawn = {}
        with mpl.rc_context(canvas.STYLE):
            for width in WIDTHS[caught["small"] :]:
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


def trend_of(goal: str, assessed: pd.DataFrame, values: pd.DataFrame, turned: pd.DataFrame, words, *_: str):
    """The line of one goal as a block, in the years of them all."""
    row = assessed.set_index("id", drop=False).loc[goal]
    return draw_trend(row, values, turned, span_of(assessed, values), words)


@pytest.fixture(scope="module")
def three(almelo, nl) -> dict[str, str]:
    """The three kinds of pictures as HTML."""
    assessed, values = at(almelo, "2019Q4")
    amounts = pd.DataFrame({"subsidie": [10.0, 0], "BIZ": [5.0, 30]}, index=["Gemeente", "Ondernemers"])
    blocks = {
        "trend": trend_of("1a", assessed, values, NO_TURNS, nl),
        "shares": draw_shares(shares(Gemeente=(0.7, 0.2), Ondernemers=(0.3, 0.8)), nl, *WORDS_WITH),
        "stacked": draw_stacked(amounts, nl, *WORDS_WITH),
    }
    return {name: block.html for name, block in blocks.items()}


@pytest.mark.parametrize(("title", "what"), [("", "Een zin."), ("Titel", ""), (" ", "Een zin."), ("Titel", "\n")])
def test_a_picture_without_title_or_name_is_not_drawn(nl, title, what):
    with pytest.raises(ValueError, match="title and what it is"):
        draw_stacked(pd.DataFrame({"BIZ": [1.0]}, index=["Gemeente"]), nl, title, what, "Bron")


def test_a_picture_is_drawn_for_page_and_phone_with_its_words(three):
    for html in (three["shares"], three["stacked"]):
        soup = BeautifulSoup(html, "html.parser")
        assert soup.figcaption.text == WORDS_WITH[0] and soup.select_one(".source").text == WORDS_WITH[2]
        for side, width in zip(("wide", "narrow"), WIDTHS, strict=True):
            svg = soup.select_one(f".{side} > svg")
            assert svg["role"] == "img" and svg["aria-label"] == f"{WORDS_WITH[1]}. {WORDS_WITH[0]}."
            assert svg["viewbox"].split()[2] == str(width) and not svg.get("width")


def test_a_small_picture_is_the_same_on_page_and_phone(three):
    soup = BeautifulSoup(three["trend"], "html.parser")
    (svg,) = soup.select("figure > svg")
    assert svg["viewbox"].split()[2] == str(canvas.NARROW) and not soup.select(".wide, .narrow, .source")
    assert svg["aria-label"] == (
        "Lijn door de jaren van Aantal bezoekers per week van het centrum. van 93.000 (2016) naar 96.000 (2019)."
    )


def test_every_picture_of_a_programme_has_a_short_alt_text_with_its_finding(reports):
    pages = list(reports.rglob("*.html"))
    assert len(pages) > 4
    for page in pages:
        for figure in BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("figure"):
            alt, finding = figure.svg["aria-label"], figure.figcaption.text
            assert re.match(r"(Staaf|Lijn|Stippen|Punt|Regel|Netwerk|Bar|Line|Dot|Control|Network)", alt), alt
            assert alt.endswith(f". {finding}.") and len(alt) <= 180, alt


def test_text_in_a_picture_stays_text(three):
    soup = BeautifulSoup(three["trend"], "html.parser")
    said = " ".join(text.text for text in soup.select("text"))
    assert "2016" in said and "2022" in said and "100.000" in said
    assert "Open Sans" in soup.select_one("text")["style"]


def test_ids_are_unique_on_a_page_and_every_reference_leads_somewhere(three):
    page = "".join(three.values())
    soup = BeautifulSoup(page, "html.parser")
    ids = [tag["id"] for tag in soup.select("[id]")]
    used = re.findall(r"url\(#([^)]+)\)", page) + [tag["xlink:href"][1:] for tag in soup.select("use")]
    assert len(ids) == len(set(ids)) > 50
    assert used and set(used) <= set(ids)


def test_a_picture_holds_no_clock_and_no_metadata(three):
    assert not re.search("<metadata|<!--|<dc:|matplotlib.org|20[2-9][0-9]-", "".join(three.values()), re.I)


def test_the_same_figures_give_the_same_bytes(almelo, nl):
    assessed, values = at(almelo, "2019Q4")
    for draw in (lambda: tabulate_lines(assessed, nl), lambda: trend_of("1a", assessed, values, NO_TURNS, nl)):
        assert draw().html == draw().html


def test_drawing_leaves_the_settings_of_matplotlib_alone(almelo, nl):
    before = dict(mpl.rcParams)
    trend_of("1a", *at(almelo, "2019Q4"), NO_TURNS, nl)
    assert dict(mpl.rcParams) == before


def test_titles_from_data_are_written_as_they_stand(almelo, nl):
    title = '<script>alert("$x$")</script> & id="a" url(#b)'
    assessed, values = at(almelo, "2019Q4", title=title)
    soup = BeautifulSoup(tabulate_lines(assessed, nl).html, "html.parser")
    assert soup.select_one("tbody th a").text == f"2a {title}"
    trend = BeautifulSoup(trend_of("1a", assessed, values, NO_TURNS, nl).html, "html.parser")
    assert title in trend.svg["aria-label"]
    assert not soup.select("script") and not trend.select("script")


def test_alt_text_and_title_are_escaped(nl):
    words = ('<b onload="x">', 'Een "alt" met <script> & meer.', "<i>Bron</i>")
    soup = BeautifulSoup(draw_stacked(pd.DataFrame({"BIZ": [1.0]}, index=["A"]), nl, *words).html, "html.parser")
    title, what, source = words
    assert [soup.figcaption.text, soup.svg["aria-label"], soup.select_one(".source").text] == [
        title, f"{what}. {title}.", source,
    ]  # fmt: skip
    assert not soup.select("script, b, i")


def test_where_there_is_nothing_to_draw_a_paragraph_says_so(nl):
    nothing = [
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
    assert tabulate_lines(assessed, nl).illustrative is example
    assert trend_of("1a", assessed, values, NO_TURNS, nl).illustrative is example


SCALE = goal_lines.TARGET - goal_lines.BEGIN  # px from the begin to the target, of a goal on its way
FORECAST = {"forecast_wide": False, "outlook": "uncertain"}


def line_of(goal: pd.DataFrame, nl) -> dict[str, list[float]]:
    """Where the marks of a goal line lie, in px: begin, value, target, path, and both ends of margin and band."""
    svg = BeautifulSoup(tabulate_lines(goal, nl).html, "html.parser").select_one("td.drawn svg")
    assert not re.search("nan|inf", str(svg))
    found = {}
    for dot in svg.select("circle"):
        found["begin" if dot["fill"] == "#fff" else "value"] = [float(dot["cx"])]
    for path in svg.select("path"):
        fill = path.get("fill")
        x = [float(at) for at in re.findall(r"(?:^M|(?<=\d)H)([\d.-]+)", path["d"])][: 2 if fill else 1]
        if fill:
            name = "margin" if fill == canvas.BLUE else "band"
            # an arrowhead begins at the edge and goes inward
            found[name] = x
            found[f"{name} heads"] = [float(at) for at in re.findall(r"ZM([\d.]+) ", path["d"])]
        elif path["stroke-width"] == "4":
            found["target"] = x
        elif path.get("stroke-dasharray"):
            found["path"] = x
        elif path["stroke-width"] == "2":
            found["forecast"] = x
    return found


FALLING = {"direction": "at_most", "baseline_value": 200.0, "target_value": 100.0}


@pytest.mark.parametrize(
    ("columns", "begin", "value"),
    [
        ({"value": 143.0}, 14, 14 + 0.43 * SCALE),
        # better is to the right, also for a goal that must fall
        ({**FALLING, "value": 140.0}, 14, 14 + 0.6 * SCALE),
        ({**FALLING, "target_value": 0.0, "value": 50.0}, 14, 14 + 0.75 * SCALE),
        # past the target, as far as there is room; beyond that it is the begin that comes nearer
        ({"value": 230.0}, 14, 165 + 0.3 * SCALE),
        ({"value": 400.0}, 165 - 63 / 2, 228),
        # worse than at the begin
        ({"value": 60.0}, 165 - SCALE * 100 / 140, 14),
        # a norm to keep: both beyond it, and fallen short of it
        ({"baseline_value": 220.0, "value": 230.0}, 165 + 63 * 2 / 3, 228),
        ({"baseline_value": 220.0, "value": 180.0}, 228, 165 - 63),
    ],
)  # fmt: skip
def test_begin_and_value_lie_on_the_line_where_they_are(nl, columns, begin, value):
    found = line_of(one_goal(**columns), nl)
    assert found["target"] == [goal_lines.TARGET]
    assert found["begin"] == [pytest.approx(begin, abs=0.1)]
    assert found["value"] == [pytest.approx(value, abs=0.1)]


def test_the_path_of_the_day_is_dashed_and_a_norm_has_none(nl):
    # halfway through the time the path asks half of the change
    assert line_of(one_goal(value=143.0), nl)["path"] == [pytest.approx(14 + SCALE / 2, abs=0.1)]
    assert "path" not in line_of(one_goal(baseline_value=220.0, value=230.0), nl)
    assert "path" not in line_of(one_goal(baseline_value=np.nan, baseline_date=pd.NaT), nl)


@pytest.mark.parametrize("size", [0.0, 200.0, -7.0])
def test_a_value_equal_to_begin_and_target_lies_on_the_target(nl, size):
    goal = one_goal(baseline_value=size, target_value=size, value=size)
    found = line_of(goal.assign(forecast_low=size - 1, forecast=size, forecast_high=size + 1, **FORECAST), nl)
    assert found["begin"] == found["value"] == found["target"] == found["forecast"] == [165.0]
    left, right = found["band"]
    assert 0 < left < 165 < right < goal_lines.WIDTH or found["band heads"]


@pytest.mark.parametrize("far", [0, 1])
def test_a_forecast_band_lies_where_it_ends_and_an_arrowhead_where_it_does_not_fit(nl, far):
    goal = one_goal(value=143.0).assign(forecast_low=160.0, forecast=180.0, forecast_high=210.0 + far * 1e6, **FORECAST)
    found = line_of(goal, nl)
    right = goal_lines.WIDTH - goal_lines.EDGE - 8 if far else 14 + 1.1 * SCALE
    assert found["band"] == pytest.approx([14 + 0.6 * SCALE, right], abs=0.1)
    assert found["forecast"] == [pytest.approx(14 + 0.8 * SCALE, abs=0.1)]
    assert found["band heads"] == [goal_lines.WIDTH - goal_lines.EDGE] * far
    assert "band" not in line_of(goal.assign(forecast_wide=True), nl)


def test_a_band_and_a_margin_wholly_off_the_scale_are_arrowheads(nl):
    goal = one_goal(value=143.0).assign(
        low=-1e9, high=1e9, forecast_low=-9e5, forecast=-8e5, forecast_high=-7e5, **FORECAST
    )
    found = line_of(goal, nl)
    assert found["band heads"] == [goal_lines.EDGE] and found["band"] == [goal_lines.EDGE + 8] * 2
    assert found["margin heads"] == [goal_lines.EDGE, goal_lines.WIDTH - goal_lines.EDGE]
    # the middle of a band that does not fit lies nowhere
    assert "forecast" not in found


def test_the_margin_lies_below_the_value(nl):
    found = line_of(one_goal(value=143.0).assign(low=133.0, high=153.0), nl)
    assert found["margin"] == pytest.approx([14 + 0.33 * SCALE, 14 + 0.53 * SCALE], abs=0.1)
    assert found["margin heads"] == []
    assert "margin" not in line_of(one_goal(value=143.0).assign(low=143.0, high=143.0), nl)


@pytest.mark.parametrize(
    "changes",
    [{"target": np.nan}, {"value": np.nan, "date": pd.NaT}, {"status": "invalid"}, {"status": "not_comparable"}],
    ids=str,
)
def test_a_value_that_no_target_can_be_held_against_has_no_line(nl, changes):
    block = tabulate_lines(one_goal().assign(**changes), nl)
    assert "<svg" not in block.html and "1a Bezoekers" in block.plain


def test_every_goal_of_almelo_has_its_line_in_every_year(almelo, nl):
    for period in PERIODS:
        assessed, _ = at(almelo, period)
        drawn = BeautifulSoup(tabulate_lines(assessed, nl).html, "html.parser").select("td.drawn svg")
        assert len(drawn) == assessed["value"].notna().sum() and not re.search("nan|inf", str(drawn))


def trend(figure: Figure) -> tuple[pd.DataFrame, list[str]]:
    """Year and value of each point of the measured line, and the colour inside each dot."""
    (ax,) = figure.axes
    line = next(line for line in ax.lines if line.get_linestyle() == "-" and to_hex(line.get_color()) == canvas.BLUE)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    faces = {at: to_hex(line.get_markerfacecolor()) for line in dots for at in line.get_xdata()}
    return pd.DataFrame(line.get_xydata(), columns=["x", "y"]), [faces[at] for at in sorted(faces)]


def test_a_year_without_measurement_leaves_a_gap_in_the_line(almelo, nl, figures):
    assessed, values = at(almelo, "2022")
    line, faces = trend(figures(trend_of, "4b", assessed, values, NO_TURNS, nl)[canvas.NARROW])
    own = values[values["indicator"] == "4b"]
    assert line.dropna().to_numpy() == pytest.approx(np.column_stack([decimal_year(own["date"]), own["value"]]))
    (gap,) = np.flatnonzero(line["x"].isna())
    assert own["date"].dt.year.iloc[[gap - 1, gap]].tolist() == [2018, 2020]
    assert len(faces) == len(own)


def test_a_provisional_value_is_an_open_dot(almelo, nl, figures):
    assessed, values = at(almelo, "2019Q4")
    for goal in assessed["id"]:
        drawn = figures(trend_of, goal, assessed, values, NO_TURNS, nl)[canvas.NARROW]
        status = values.loc[values["indicator"] == goal, "status"]
        begin = ["final"] * (goal == "1a")  # the one agreed baseline, before the first value
        assert trend(drawn)[1] == [canvas.BLUE if one == "final" else "#ffffff" for one in [*begin, *status]]
    assert (values["status"] == "provisional").any()


@pytest.mark.parametrize("left_out", ["3a", "all"])
def test_the_card_of_a_goal_without_measurement_has_no_line_and_says_so(almelo, nl, left_out):
    moment, known = almelo.moment("2019Q4"), almelo["measurements"]
    tables = almelo["indicators"], known[~known["indicator"].isin({"all": known["indicator"]}.get(left_out, ["3a"]))]
    assessed = assess(*tables, moment.reference, moment.as_of)
    values = series(*tables, moment.reference, moment.as_of)
    cards = show_cards(assessed, values, NO_TURNS, ["Zo."] * len(assessed), {}, nl)
    for goal, card in zip(assessed["id"], cards, strict=True):
        soup, bare = BeautifulSoup(card.html, "html.parser"), left_out in (goal, "all")
        assert soup.h3["id"] == f"doel-{goal}" and bool(soup.figure) is not bare
        assert soup.h3.text.endswith("geen meting") is bare


def test_above_each_trend_stand_the_two_values_its_title_and_its_sentence_are_about(almelo, nl, figures):
    """1a rose from 71,500 to 84,300 in 2021, and stands below the baseline that it is judged by."""
    assessed, values = at(almelo, "2021Q4")
    for _, goal in assessed.iterrows():
        written = BeautifulSoup(
            trend_of(goal["id"], assessed, values, NO_TURNS, nl).html, "html.parser"
        ).figcaption.text
        sentence = " ".join(text for text, _ in sentences(goal, nl))
        old, new = nl.measure(goal["begin"], goal["unit"]), nl.measure(goal["value"], goal["unit"])
        assert written == f"van {old} (2016) naar {new} (2021)"
        assert re.search(f"Sinds 2016.*{re.escape(old)} (naar|en) {re.escape(new)}", sentence)
    line, _ = trend(figures(trend_of, "1a", assessed, values, NO_TURNS, nl)[canvas.NARROW])
    assert line["y"].iloc[0] > line["y"].iloc[-1] == 84_300 and len(line.dropna()) == 6


def test_a_bridged_series_is_drawn_on_one_scale(nl, figures):
    """100 in 2016 and 120 in 2018 are 150 and 180 since the count of 2019: the line that rose falls nowhere."""
    goal = one_goal().assign(baseline=150.0, begin=150.0, target=300.0, value=190.0)
    rows = {"indicator": "1a", "date": pd.to_datetime(["2018-12-31", "2019-12-31"]), "value": [120.0, 190.0]}
    own = pd.DataFrame(rows).assign(**UNBRIDGED, low=np.nan, high=np.nan, status="final", illustrative=False)
    own["bridge"], own["method_break"] = [np.nan, 1.5], [False, True]
    (ax,) = figures(trend_of, "1a", goal, own, NO_TURNS, nl)[canvas.NARROW].axes
    dots = np.concatenate([line.get_ydata() for line in ax.lines if line.get_marker() == "o"])
    assert dots == pytest.approx([150, 180, 190])


def test_a_norm_has_no_path_and_a_path_of_growth_is_drawn_as_it_is_computed(nl, figures):
    def path(**columns: object) -> list[np.ndarray]:
        goal = one_goal(**columns)
        row = {"indicator": "1a", "date": goal["date"], "value": goal["value"], "low": np.nan, "high": np.nan}
        own = pd.DataFrame(row).assign(method_break=False, status="final", illustrative=False, **UNBRIDGED)
        (ax,) = figures(trend_of, "1a", goal, own, NO_TURNS, nl)[canvas.NARROW].axes
        return [line.get_xydata() for line in ax.lines if line.get_linestyle() == ":"]

    assert path(baseline_value=220.0, value=230.0) == []
    (straight,), (growth,) = path(), path(path_shape="growth")
    assert straight == pytest.approx(np.array([[2017, 100], [2023, 200]]))
    # halfway from 100 to 200 a growth path asks 141 where a straight one asks 150
    assert growth[[0, -1]] == pytest.approx(straight) and growth[6, 1] == pytest.approx(100 * 2**0.5)


def test_an_event_is_drawn_where_the_line_turned(almelo, nl, figures):
    assessed, values = at(almelo, "2021Q4")
    turned = turns(almelo["events"], values)
    upright = {}
    for goal in assessed["id"]:
        (ax,) = figures(trend_of, goal, assessed, values, turned, nl)[canvas.NARROW].axes
        upright[goal] = [line.get_xdata()[0] for line in ax.lines if to_hex(line.get_color()) == canvas.ORANGE]
    assert [goal for goal, lines in upright.items() if lines] == ["1a", "2a", "2b", "3a", "3b", "4a", "5a"]
    assert upright["1a"] == pytest.approx(decimal_year(pd.Series(pd.to_datetime(["2020-03-15"]))))


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


@pytest.mark.parametrize("period", PERIODS)
def test_texts_of_the_goals_of_almelo_are_readable(almelo, nl, figures, period):
    assessed, values = at(almelo, period)
    for goal in values["indicator"].unique():
        assert_readable(figures(trend_of, goal, assessed, values, NO_TURNS, nl))


def test_texts_of_the_money_of_almelo_are_readable(nl, figures):
    partners = ["Ondernemers", "Ontwikkelaars en investeerders", "Gemeente Almelo"]
    assert_readable(figures(draw_shares, shares(**dict.fromkeys(partners, (0.2, 0.3))), nl))
    amounts = pd.DataFrame(250_000.0, partners, ["gemeentebegroting", "subsidie", "reclamebelasting"])
    assert_readable(figures(draw_stacked, amounts, nl))


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
@pytest.mark.parametrize("what", ["shares", "stacked", "key"])
def test_long_names_stay_inside_the_canvas(nl, figures, what, name):
    amounts = pd.DataFrame({"subsidie": [1_250_000.0, 2], "BIZ": [5.0, 30]}, index=[name, f"B {name}"])
    drawings = {
        "shares": (draw_shares, shares(**{name: (0.7, 0.2), "Ondernemers": (0.3, 0.8)}), nl),
        "stacked": (draw_stacked, amounts, nl),
        "key": (draw_stacked, amounts.T, nl),
    }
    assert_readable(figures(*drawings[what]))


def test_long_numbers_beside_a_trend_stay_inside_the_canvas(almelo, nl, figures):
    assessed, values = at(almelo, "2019Q4", unit="eur")
    for frame, columns in ((assessed, ["target", "baseline"]), (values, ["value", "low", "high"])):
        frame[columns] = frame[columns] * 1_000 + 1_000_000
    for goal in assessed["id"]:
        assert_readable(figures(trend_of, goal, assessed, values, NO_TURNS, nl))
