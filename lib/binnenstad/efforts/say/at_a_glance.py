"""The work in a few lines, for who has one minute: efforts, promises, risks and decisions."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.decisions import begun_undecided, decision_log, efforts_on
from binnenstad.efforts.promises import promises
from binnenstad.efforts.risks import risks_on
from binnenstad.efforts.say.steering import MOST_NAMED, describe_decisions, describe_risks
from binnenstad.efforts.say.work import describe_promises, describe_states
from binnenstad.efforts.say.work_for_goals import unknown_about_efforts
from binnenstad.programme.checked import Moment, Programme
from binnenstad.words import Words


def describe_work(data: Programme, assessed: pd.DataFrame, moment: Moment, words: Words) -> list[str]:
    """Return one line each on the efforts, what was promised, the risks and the decisions, and what is not linked.

    Parameters: the programme as known at the moment, and its operational goals ``assessed`` then. What there is nothing
    to say of has no line.
    """
    work = efforts_on(data["efforts"].query("kind != 'cost_type'"), data["decisions"], moment.as_of)
    log = decision_log(data["decisions"], moment.as_of, data.scope_body)
    promised = promises(data["claims"], set(assessed.loc[assessed["value"].notna(), "id"]))
    threats = risks_on(data["risks"], data["risk_links"], data["risk_scores"], moment)
    begun = begun_undecided(work, log, data.start, moment.reference)
    lines = [describe_states(work, words), describe_promises(promised, words), *describe_risks(threats, words)[:1]]
    lines += [describe_decisions(log, begun, moment.year, words)]
    loose = unknown_about_efforts(work, data["indicators"], data["effort_indicators"], words, most=MOST_NAMED)
    return [*filter(None, lines), *loose]
