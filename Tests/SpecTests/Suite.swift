import MoteScript
