"""The work in a few lines, for who has one minute: efforts, promises, risks and decisions."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts import decisions, promises, risks
from binnenstad.efforts.say import steering, work, work_for_goals
from binnenstad.programme.checked import Moment, Programme
from binnenstad.words import Words


def describe_work(data: Programme, assessed: pd.DataFrame, moment: Moment, words: Words) -> list[str]:
    """Return one line each on the efforts, what was promised, the risks and the decisions, and what is not linked.

    Parameters: the programme as known at the moment, and its operational goals ``assessed`` then. What there is nothing
    to say of has no line.
    """
    efforts, log = decisions.work_at(data, moment)
    loose_ends = decisions.loose_ends(efforts, log, data.start, moment.today)
    promised = promises.promises(data["claims"], assessed)
    threats = risks.risks_on(data["risks"], data["risk_links"], data["risk_scores"], moment)
    lines = [work.lead_work(efforts, log, loose_ends, moment, words), work.describe_promises(promised, words)]
    lines += steering.describe_risks(threats, words)[:1]
    lines += [steering.describe_decisions(log, loose_ends, moment.year, words)]
    goals, network = data["indicators"], data["effort_indicators"]
    loose = work_for_goals.unknown_about_efforts(efforts, goals, network, words, most=steering.MOST_NAMED)
    return [*filter(None, lines), *loose]
