"""What there is to say of the efforts: beside the goals, and of the work itself."""

from binnenstad.efforts.say.work_for_goals import LAGGING, ask_about_efforts, describe_efforts, unknown_about_efforts

__all__ = ["LAGGING", "ask_about_efforts", "describe_efforts", "unknown_about_efforts"]
