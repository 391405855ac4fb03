package org.bascule.agent.command;

import org.bascule.agent.owner.SwitchMode;
import org.bascule.agent.owner.SwitchState;

/** The switch in words. */
final class SwitchText {

    private SwitchText() {}

    static String of(SwitchState state) {
        StringBuilder text = new StringBuilder(state.on() ? "on" : "OFF");
        state.until().ifPresentOrElse(until -> text.append(" until ").append(until), () -> text.append(end(state)));
        text.append(" (mode ").append(state.mode().text());
        if (!state.by().isEmpty()) {
            text.append(", by ").append(Printable.of(state.by())).append(" at ").append(state.at());
        }
        text.append(')');
        if (!state.reason().isEmpty()) {
            text.append(": ").append(Printable.of(state.reason()));
        }
        return text.toString();
    }

    /** Of what has no time. A key and a file that cannot be read are no matter of switching on. */
    private static String end(SwitchState state) {
        if (state.on() || state.by().isEmpty() || state.mode() == SwitchMode.KEY_SWITCH) {
            return "";
        }
        return state.mode() == SwitchMode.ALWAYS
                ? " until it is switched on or the machine starts anew"
                : " until it is switched on";
    }
}
