package org.bascule.agent.command;

import org.bascule.agent.owner.SwitchState;

/** The switch in words. */
final class SwitchText {

    private SwitchText() {}

    static String of(SwitchState state) {
        StringBuilder text = new StringBuilder(state.on() ? "on" : "OFF");
        state.until().ifPresent(until -> text.append(" until ").append(until));
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
}
