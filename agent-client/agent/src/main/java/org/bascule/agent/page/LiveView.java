package org.bascule.agent.page;

import java.util.List;
import java.util.stream.Collectors;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.desk.Questions.Question;
import org.bascule.agent.owner.SwitchState;
import org.bascule.agent.page.PageSessions.PageSession;
import org.bascule.agent.session.SessionSummary;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.control.DeviceEvent;

/** What of the page changes by itself: state, questions, sessions, events. */
final class LiveView {

    private static final List<Integer> HOURS = List.of(1, 4, 8, 24, 72);

    private final DeviceDesk desk;
    private final ChatView chats;
    private final WatchView watch;

    LiveView(DeviceDesk desk, WatchView watch) {
        this.desk = desk;
        this.chats = new ChatView(desk.chats());
        this.watch = watch;
    }

    /** @param session whose page it is */
    String html(PageTexts texts, PageSession session) {
        List<SessionSummary> sessions = desk.sessions();
        return questions(texts, session.form())
                + chats.html(texts, session)
                + watch.html(texts, session, sessions)
                + state(texts)
                + sessions(texts, session, sessions)
                + events(texts);
    }

    private String state(PageTexts texts) {
        SwitchState state = desk.switchState();
        StringBuilder html = new StringBuilder("<section aria-labelledby=\"access\"><h2 id=\"access\">")
                .append(texts.text("access.title"))
                .append("</h2><p class=\"state state--")
                .append(state.on() ? "on\">" : "off\">")
                .append(texts.text(state.on() ? "access.on" : "access.off"));
        state.until().ifPresent(until -> html.append(' ').append(texts.html("access.until", texts.time(until))));
        html.append("</p><p>").append(texts.text(state.on() ? "access.onText" : "access.offText"));
        html.append("</p>");
        if (!state.reason().isEmpty()) {
            html.append("<p>")
                    .append(texts.html("access.reason", Html.foreign(state.reason())))
                    .append("</p>");
        }
        html.append("<p class=\"quiet\">")
                .append(texts.text("access.mode." + state.mode().text()));
        if (!state.by().isEmpty()) {
            html.append(' ').append(texts.html("access.by", texts.time(state.at()), Html.foreign(state.by())));
        }
        return html.append("</p></section>").toString();
    }

    /** The forms of the switch, which stay as they are while somebody fills them in. */
    String switchForms(PageTexts texts, String form) {
        StringBuilder html = new StringBuilder("<section><form class=\"fields\" method=\"post\" action=\"switch\">")
                .append(hidden(form))
                .append("<div><label for=\"for\">")
                .append(texts.text("access.for"))
                .append("</label><select id=\"for\" name=\"hours\"><option value=\"\">")
                .append(texts.text("access.forever." + desk.switchState().mode().text()))
                .append("</option>");
        for (int hours : HOURS) {
            html.append("<option value=\"%d\">%s</option>".formatted(hours, texts.text("access.hours", hours)));
        }
        return html.append("</select></div><div><label for=\"why\">")
                .append(texts.text("access.why"))
                .append("</label><input id=\"why\" name=\"reason\" maxlength=\"200\" autocomplete=\"off\"></div>")
                .append("<p class=\"quiet\">")
                .append(texts.text("access.ends"))
                .append("</p><div class=\"row\"><button name=\"to\" value=\"off\" class=\"danger\">")
                .append(texts.text("access.switchOff"))
                .append("</button><button name=\"to\" value=\"on\" class=\"second\">")
                .append(texts.text("access.switchOn"))
                .append("</button></div></form></section>")
                .toString();
    }

    static String hidden(String form) {
        return "<input type=\"hidden\" name=\"form\" value=\"" + Html.text(form) + "\">";
    }

    private String questions(PageTexts texts, String form) {
        return desk.questions().open().stream()
                .map(question -> question(texts, form, question))
                .collect(Collectors.joining());
    }

    private static String question(PageTexts texts, String form, Question question) {
        String id = Html.text(question.id());
        StringBuilder html = new StringBuilder("<section class=\"asks\" role=\"alert\"><h2>")
                .append(texts.text("questions.title"))
                .append("</h2><p>")
                .append(texts.html("questions.wants", Html.foreign(question.user()), Html.foreign(question.from())))
                .append("</p><p>")
                .append(
                        question.reason().isEmpty()
                                ? texts.text("questions.noReason")
                                : texts.html("questions.reason", Html.foreign(question.reason())))
                .append("</p><form class=\"fields\" method=\"post\" action=\"answer\">")
                .append(hidden(form))
                .append("<input type=\"hidden\" name=\"id\" value=\"")
                .append(id)
                .append("\"><fieldset><legend>")
                .append(texts.text("questions.tools"))
                .append("</legend>");
        for (String operation : question.operations()) {
            html.append("<label class=\"choice\"><input type=\"checkbox\" name=\"tool\" checked value=\"")
                    .append(Html.text(operation))
                    .append("\"> ")
                    .append(tool(texts, operation))
                    .append("</label>");
        }
        return html.append("</fieldset><p class=\"quiet\">")
                .append(texts.html("questions.until", texts.time(question.until())))
                .append("</p><div class=\"row\"><button id=\"grant-")
                .append(id)
                .append("\" name=\"to\" value=\"grant\">")
                .append(texts.text("questions.grant"))
                .append("</button><button id=\"refuse-")
                .append(id)
                .append("\" name=\"to\" value=\"refuse\" class=\"danger\">")
                .append(texts.text("questions.refuse"))
                .append("</button></div></form></section>")
                .toString();
    }

    private static String tool(PageTexts texts, String operation) {
        return TcpTarget.parse(operation)
                .map(target -> texts.text("target." + target.kind(), target.host(), target.portText()))
                .or(() -> TcpTarget.parseVnc(operation)
                        .map(target -> texts.text(
                                target.isDevice() ? "target.vnc-device" : "target.vnc",
                                target.host(),
                                target.portText())))
                .or(() -> texts.optional("tool." + operation))
                .orElseGet(() -> Html.foreign(operation));
    }

    private String sessions(PageTexts texts, PageSession page, List<SessionSummary> sessions) {
        StringBuilder html = new StringBuilder("<section aria-labelledby=\"sessions\"><h2 id=\"sessions\">")
                .append(texts.text("sessions.title"))
                .append("</h2>");
        if (sessions.isEmpty()) {
            return html.append("<p>")
                    .append(texts.text("sessions.none"))
                    .append("</p></section>")
                    .toString();
        }
        html.append("<table><thead><tr>");
        for (String column : List.of("who", "from", "account", "since", "tools", "end")) {
            html.append("<th scope=\"col\">")
                    .append(texts.text("sessions." + column))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>");
        for (SessionSummary session : sessions) {
            String tools = session.tools().stream()
                    .map(operation -> Operations.watched(operation)
                            .map(watched -> watching(texts, watched, sessions))
                            .orElseGet(() -> tool(texts, operation)))
                    .collect(Collectors.joining(", "));
            html.append("<tr>")
                    .append(cell(texts, "sessions.who", Html.foreign(session.name())))
                    .append(cell(texts, "sessions.from", Html.foreign(session.from())))
                    .append(cell(texts, "sessions.account", Html.foreign(session.account())))
                    .append(cell(texts, "sessions.since", texts.time(session.since())))
                    .append(cell(texts, "sessions.tools", tools))
                    .append("<td>")
                    .append(watch.buttons(texts, page, session))
                    .append("<form method=\"post\" action=\"end\">")
                    .append(hidden(page.form()))
                    .append("<input type=\"hidden\" name=\"sid\" value=\"")
                    .append(session.sid())
                    .append("\"><button class=\"danger\" id=\"end-")
                    .append(session.sid())
                    .append("\" aria-label=\"")
                    .append(texts.text("sessions.endOf", session.name()))
                    .append("\">")
                    .append(texts.text("sessions.end"))
                    .append("</button></form></td></tr>");
        }
        return html.append("</tbody></table><p class=\"quiet\">")
                .append(texts.text("watch.hint"))
                .append("</p></section>")
                .toString();
    }

    private static String watching(PageTexts texts, SessionId watched, List<SessionSummary> sessions) {
        return sessions.stream()
                .filter(session -> session.sid().equals(watched))
                .findFirst()
                .map(session -> texts.html("sessions.watches", Html.foreign(session.name())))
                .orElseGet(() -> texts.text("sessions.watchesOver"));
    }

    private static String cell(PageTexts texts, String label, String html) {
        return "<td data-label=\"" + texts.text(label) + "\">" + html + "</td>";
    }

    private String events(PageTexts texts) {
        List<DeviceEvent> events = desk.events();
        StringBuilder html = new StringBuilder("<section><h2 id=\"events\">")
                .append(texts.text("events.title"))
                .append("</h2>");
        if (events.isEmpty()) {
            return html.append("<p>")
                    .append(texts.text("events.none"))
                    .append("</p></section>")
                    .toString();
        }
        html.append(
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"events\"><table><thead><tr>");
        for (String column : List.of("time", "what", "detail")) {
            html.append("<th scope=\"col\">")
                    .append(texts.text("events." + column))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>");
        for (DeviceEvent event : events) {
            html.append("<tr>")
                    .append(cell(texts, "events.time", texts.time(event.time())))
                    .append(cell(texts, "events.what", Html.foreign(event.code())))
                    .append(cell(texts, "events.detail", Html.foreign(event.detail())))
                    .append("</tr>");
        }
        return html.append("</tbody></table></div></section>").toString();
    }
}
