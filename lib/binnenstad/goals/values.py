"""Values as they were known: which publication counts, which figure a goal is judged by, and its baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.goals.margins import COUNTS, HIDE_BELOW, SURVEYS, Z95, intervals
from binnenstad.programme.as_of import known_at

FLOWS = ("flow_per_week",)  # of these a part of a year says more of the season than of the goal
RHYTHMS = np.array([1, 2, 3, 4, 6, 12])  # months: what a year can be divided into
FLAGS = ["year_mean", "illustrative", "provisional"]
BREAKS = ["last_break", "last_bridge"]  # the day up to a figure from which nothing converts, or a bridge does
JUDGED = ["value", "date", "answers", "valid_weeks", "months", "source", "error", "low", "high", *BREAKS, *FLAGS]
# what the parts of a year add up to; a flag then says of how many of them it holds
ADDED = ["value", "valid_weeks", "answers", "illustrative", "provisional", "exceptional"]


def decimal_year(dates: pd.Series) -> pd.Series:
    """Return dates as decimal years; 31 December 2019 is 2020.0, so that whole years stay whole.

    >>> decimal_year(pd.Series(pd.to_datetime(["2016-12-31", "2019-07-01"]))).round(3).tolist()
    [2017.0, 2019.499]
    """
    decimal: pd.Series = dates.dt.year + dates.dt.day_of_year / (365 + dates.dt.is_leap_year.astype(float))
    return decimal


def known_values(measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return what was known at a moment: per indicator and date the last value published up to ``as_of``.

    Only dates up to ``reference`` count. Columns as the table ``measurements``, sorted by
    indicator and date; empty in, empty out. Row order of the input does not matter.
    """
    return known_at(measurements[measurements["date"] <= reference], as_of, ["indicator", "date"])


def rhythms(values: pd.DataFrame) -> pd.DataFrame:
    """Return how many months each value covers (``months``), and after how many its indicator is measured again.

    Both are 1, 2, 3, 4, 6 or 12. ``rhythm`` is the one nearest to the median of the last four gaps, so that a series
    counted more often than before is soon known as such; of two in the middle the smaller; 12 for a single value. A
    value covers the gap before it, and never more than the rhythm up to then, so that a missed quarter makes no half
    year; the first covers what the second does. ``even`` numbers the stretches of values that cover as many months.
    Parameters: ``indicator`` and ``date``, sorted by both.

    >>> days = pd.to_datetime(["2017-12-31", "2018-12-31", "2019-03-31", "2019-06-30"])
    >>> rhythms(pd.DataFrame({"indicator": "1a", "date": days})).to_numpy().T.tolist()
    [[12.0, 12.0, 3.0, 3.0], [3.0, 3.0, 3.0, 3.0], [1.0, 1.0, 2.0, 2.0]]
    """
    by, gaps = values["indicator"], values.groupby("indicator")["date"].diff().dt.days / 30.4375
    usual = gaps.groupby(by).rolling(4, min_periods=1).quantile(0.5, interpolation="lower").droplevel(0)
    both = pd.DataFrame({"months": np.minimum(gaps, usual), "rhythm": usual})
    nearest = RHYTHMS[np.abs(both.to_numpy()[:, :, None] - RHYTHMS).argmin(axis=2)]
    found = both.mask(both.notna(), nearest).groupby(by).bfill().fillna(12.0)
    even = (found["months"].diff() != 0).cumsum()
    return found.assign(rhythm=found.groupby(by)["rhythm"].transform("last"), even=even)


def period_number(dates: pd.Series, months: pd.Series) -> pd.Series:
    """Return in which period of so many months each date lies, counted on through the years; NaN for no date."""
    number: pd.Series = (dates.dt.year * 12 + dates.dt.month - 1) // months
    return number


def series(
    indicators: pd.DataFrame, measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return ``known_values`` with the 95 % interval of each, ``low`` and ``high``, its ``error`` and ``rhythm``.

    The first three are NaN without a margin. Survey values that rest on fewer than 30 answers are left out.
    """
    return shown(known_values(measurements, reference, as_of), indicators)[0]


def shown(known: pd.DataFrame, indicators: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the values that may be shown with their margins, and the indicators whose newest value may not.

    A survey value on fewer than 30 answers, by their effective number, says more about chance than about the city.
    """
    by, answers = known["indicator"], known["effective_respondents"].fillna(known["respondents"])
    kinds = lookup(indicators.set_index("id")["kind"], by)
    told = known.assign(answers=answers, provisional=known["status"] == "provisional")
    told = told.join([intervals(told, kinds), rhythms(known)])
    hidden = kinds.isin(SURVEYS) & (answers < HIDE_BELOW)
    # a break holds for all that follows, also where its own value is hidden
    told["breaks"], lifted = known["method_break"].groupby(by).cumsum(), known["bridge"].notna() & ~hidden
    for name, rows in zip(BREAKS, (known["method_break"] & ~lifted, lifted), strict=True):
        told[name] = known["date"].where(rows).groupby(by).ffill()
    told = told[~hidden].reset_index(drop=True)
    told["method_break"] = told["breaks"] != told.groupby("indicator")["breaks"].shift(fill_value=0)
    return told, by[hidden & ~by.duplicated(keep="last")]


def year_figures(values: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that a goal can be judged by, sorted by indicator and date.

    Of a flow or a seasonal goal that is measured more often than once a year, each is the mean of a full year: of the
    12 months that end with the period of its date, every one measured, in the same way and for as many months. Any
    other value is such a figure itself. Parameters: ``values`` of ``series``, ``indicators`` of the contract. Adds
    ``year_mean`` (whether it is a mean); its margin follows from those of its parts, unknown if one of them is.
    """
    averaged = indicators.loc[indicators["kind"].isin(FLOWS) | indicators["seasonal"], "id"]
    part = values["indicator"].isin(averaged) & (values["months"] < 12)
    means = [_year_means(rows) for _, rows in values[part].groupby("months")]
    found = pd.concat([*means, values[~part].assign(year_mean=False)])
    return found.sort_values(["indicator", "date"], kind="stable", ignore_index=True)


def _year_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the means of values, all of as many months, that make up a year, at the date of the last of them."""
    count = int(12 / rows["months"].iloc[0])
    number = period_number(rows["date"], rows["months"])
    keys = [rows[name] for name in ("indicator", "last_break", "even")]
    parts = rows[ADDED].astype(float).assign(value=rows["value"] / count, variance=(rows["error"] / count) ** 2)
    total = sum((parts.groupby(keys, dropna=False).shift(lag) for lag in range(1, count)), parts)
    error, half = total["variance"] ** 0.5, Z95 * total["variance"].where(total["variance"] > 0) ** 0.5
    margins = {"error": error, "low": total["value"] - half, "high": total["value"] + half}
    # the reason of one exceptional part is that of the year
    reason = rows.groupby(keys, dropna=False)["exceptional_reason"].ffill(limit=count - 1)
    means = rows.assign(**total[ADDED], **margins, months=12.0, year_mean=True, exceptional_reason=reason)
    return means[number - number.groupby(keys, dropna=False).shift(count - 1) == count - 1]


def judged_values(indicators: pd.DataFrame, values: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each indicator with the figure it is judged by, its baseline and its change so far, and what it rests on.

    Parameters: ``indicators`` of the contract; ``values`` that may be shown (``shown``). Adds to the indicators
    ``rhythm``, ``due`` (the period of the target date, ``period_number``), the columns of ``JUDGED`` (``source`` as
    ``value_source``, ``error`` as ``value_error``), ``later_value`` and ``later_date`` (the last figure after that
    period), ``periods_known`` of the year to ``known_until`` where that is no full year, ``part_year`` (so there is no
    figure yet), and what
    ``_baseline`` and ``_begin`` say. The second table has the figures that can be compared with the judged one, on its
    scale, the usable baseline among them: sorted by ``indicator`` and ``date``, with ``value``, ``error``, ``rhythm``.
    """
    goals = indicators.reset_index(drop=True)
    goals["rhythm"] = lookup(_last(values)["rhythm"], goals["id"]).fillna(12.0)
    goals["due"] = period_number(goals["target_date"], goals["rhythm"])
    own, figures = goals.set_index("id"), year_figures(values, goals)
    (late, early), able = _outside(figures, own), values[~np.logical_or(*_outside(values, own))]
    later, day = _last(figures[late])[["value", "date"]].add_prefix("later_"), _last(figures[~(late | early)])["date"]
    figures = year_figures(on_scale(pd.concat([values.assign(agreed=False), _agreed(goals)]), day), goals)
    figures["error"] = figures.groupby(["indicator", "date"])["error"].bfill()
    judged = figures[(figures["date"] == lookup(day, figures["indicator"])) & ~figures["agreed"]]
    value = _last(judged)[JUDGED].rename(columns={"source": "value_source", "error": "value_error"})
    goals = goals.join(value, on="id").join(later, on="id")
    goals[FLAGS] = goals[FLAGS] > 0
    by, number = able["indicator"], period_number(able["date"], able["rhythm"])
    recent = number.where(number > number.groupby(by).transform("max") - 12 / able["rhythm"])
    goals["known_until"] = lookup(_last(able)["date"], goals["id"])
    full = goals["known_until"] <= goals["date"]
    goals["periods_known"] = lookup(recent.groupby(by).nunique(), goals["id"]).mask(full)
    goals["part_year"] = goals["value"].isna() & goals["periods_known"].notna()
    return _begin(_baseline(goals, figures), figures.drop_duplicates(["indicator", "date"]))


def _outside(rows: pd.DataFrame, own: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return what was measured after the period of the target date, or before the baseline: it judges nothing."""
    by = rows["indicator"]
    late = period_number(rows["date"], rows["rhythm"]) > lookup(own["due"], by)
    return late, rows["date"] < lookup(own["baseline_date"], by)


def _last(values: pd.DataFrame) -> pd.DataFrame:
    """Return the last value of each indicator, by its id."""
    return values.drop_duplicates("indicator", keep="last").set_index("indicator")


def _agreed(goals: pd.DataFrame) -> pd.DataFrame:
    """Return the agreed baselines as values."""
    names = {"id": "indicator", "baseline_date": "date", "baseline_value": "value", "rhythm": "rhythm"}
    error = goals["baseline_standard_error"].mask(lambda known: known.isna() & goals["kind"].isin(COUNTS), 0.0)
    rows = goals[[*names]].rename(columns=names).assign(error=error, months=12.0, agreed=True)
    return rows.dropna(subset=["date", "value"])


def on_scale(values: pd.DataFrame, day: pd.Series) -> pd.DataFrame:
    """Return values and their errors on the scale that held on a day, by the bridges dated after them and up to it.

    Parameters: ``values`` of ``series``; ``day`` by the id of the indicator. Adds ``scale``, what each value
    was multiplied by.
    """
    values = values.sort_values(["indicator", "date"], kind="stable", ignore_index=True)
    by = values["indicator"]
    late = ~(values["date"] <= lookup(day, by))
    bridge, doubt = values["bridge"].mask(late).fillna(1.0), values["bridge_error"].mask(late).fillna(0.0)
    scale, doubt = bridge[::-1].groupby(by).cumprod() / bridge, (doubt / bridge) ** 2
    doubt = doubt[::-1].groupby(by).cumsum() - doubt
    told = values.assign(**values[["value", "low", "high"]].mul(scale, axis=0), scale=scale)
    return told.assign(error=np.hypot(values["error"] * scale, told["value"] * doubt**0.5))


def _baseline(goals: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Add the baseline: as agreed (``agreed_baseline``) and as best known and usable (``baseline``), with its error.

    It is best known as measured on its day, and usable if no method break came after it (``broken``). ``anchored`` is
    the one the target rests on, on the scale it was measured on, and ``bridged`` what is multiplied by to compare it.
    """
    signed = _last(figures[figures["agreed"]]).reindex(goals["id"]).set_index(goals.index)
    on_day = figures[figures["date"] == lookup(goals.set_index("id")["baseline_date"], figures["indicator"])]
    best = on_day.drop_duplicates("indicator").set_index("indicator").reindex(goals["id"]).set_index(goals.index)
    value = best["value"].where(signed["value"].notna())
    goals["agreed_baseline"], goals["bridged"] = signed["value"], signed["scale"]
    goals["anchored"] = signed["value"].mask(goals["anchor"] == "moving", value) / signed["scale"]
    goals["broken"] = goals["baseline_date"] < goals["last_break"]
    goals["baseline"] = value.mask(goals["broken"])
    goals["baseline_error"] = best["error"].where(goals["baseline"].notna())
    return goals


def _begin(goals: pd.DataFrame, figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add where the change so far begins (``change_since``, ``begin``, ``begin_error``) and ``change_per_year``.

    It begins at the baseline, or else at the first figure since a method break. Returns as well what is comparable.
    """
    own, by = goals.set_index("id"), figures["indicator"]
    told = figures[(figures["date"] <= lookup(own["date"], by)) & ~(figures["date"] < lookup(own["last_break"], by))]
    start = lookup(own["baseline_date"].where(own["baseline"].notna()), told["indicator"])
    first = told[~(told["date"] < start)].drop_duplicates("indicator").set_index("indicator")
    begin = {"date": "change_since", "value": "begin", "error": "begin_error"}
    goals = goals.join(first[[*begin]].rename(columns=begin), on="id")
    years = decimal_year(goals["date"]) - decimal_year(goals["change_since"])
    goals["change_per_year"] = (goals["value"] - goals["begin"]) / years.where(years > 0)
    return goals, told


def lookup(values: pd.Series, keys: pd.Series) -> pd.Series:
    """Return the value per key, in the order of the keys and with their index."""
    # Series.map turns an empty mapper into floats; reindex keeps dates dates
    return values.reindex(keys).set_axis(keys.index)
