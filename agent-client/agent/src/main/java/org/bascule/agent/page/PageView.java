package org.bascule.agent.page;

import java.util.List;
import java.util.Optional;
import org.bascule.agent.assist.AssistanceFolder;
import org.bascule.agent.page.PageSessions.PageSession;
import org.bascule.agent.state.AgentStatus;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.control.ReportMessage.Assist;

/** Whole pages. */
final class PageView {

    /**
     * What does not change while the agent runs.
     *
     * @param words of the identity key
     * @param version of the agent
     */
    record Machine(String name, String domain, String server, String fingerprint, String words, String version) {}

    private final Machine machine;
    private final StateFolder folder;
    private final AssistanceFolder assistance;
    private final LiveView live;

    PageView(Machine machine, StateFolder folder, AssistanceFolder assistance, LiveView live) {
        this.machine = machine;
        this.folder = folder;
        this.assistance = assistance;
        this.live = live;
    }

    /** @param said HTML of a message to whoever sent a form; may be empty */
    String setup(PageTexts texts, String said) {
        return page(
                texts,
                "",
                said,
                "<section><h2>" + texts.text("setup.title") + "</h2><p>" + texts.text("setup.why")
                        + "</p><form class=\"fields\" method=\"post\" action=\"/setup\">"
                        + field(texts, "setup.code", "code", "text", "off", "")
                        + field(texts, "setup.password", "password", "password", "new-password", hint(texts))
                        + field(texts, "setup.repeat", "repeat", "password", "new-password", "")
                        + button(texts, "setup.action") + "</form></section>");
    }

    private static String hint(PageTexts texts) {
        return texts.text("setup.hint", PagePassword.MIN_LENGTH);
    }

    String login(PageTexts texts, String said) {
        return page(
                texts,
                "",
                said,
                "<section><h2>" + texts.text("login.title")
                        + "</h2><form class=\"fields\" method=\"post\" action=\"/login\">"
                        + field(texts, "login.password", "password", "password", "current-password", "")
                        + button(texts, "login.action") + "</form></section><p class=\"quiet\">"
                        + texts.text("login.forgotten") + "</p>");
    }

    String main(PageTexts texts, PageSession session, String said) throws StateException {
        String form = session.form();
        String logout = "<form method=\"post\" action=\"logout\">" + LiveView.hidden(form) + "<button class=\"second\">"
                + texts.text("logout") + "</button></form>";
        return page(
                texts,
                logout,
                said,
                "<noscript><p>" + texts.text("page.noScript") + "</p></noscript><div id=\"live\">"
                        + live.html(texts, session) + "</div>" + live.switchForms(texts, form) + device(texts)
                        + assist(texts, form) + password(texts, form));
    }

    String live(PageTexts texts, PageSession session) {
        return live.html(texts, session);
    }

    private String device(PageTexts texts) throws StateException {
        Optional<AgentStatus> status = AgentStatus.load(folder);
        String connection = status.map(value -> texts.optional("device.connection." + value.state())
                                .orElseGet(() -> Html.foreign(value.state()))
                        + " (" + texts.time(value.since())
                        + (value.detail().isEmpty() ? ")" : "; " + Html.foreign(value.detail()) + ")"))
                .orElse("");
        return "<section aria-labelledby=\"device\"><h2 id=\"device\">" + texts.text("device.title") + "</h2><dl>"
                + entry(texts, "device.name", Html.foreign(machine.name()))
                + entry(texts, "device.domain", Html.foreign(machine.domain()))
                + entry(texts, "device.server", Html.foreign(machine.server()))
                + entry(texts, "device.connection", connection)
                + entry(texts, "device.words", "<strong>" + Html.text(machine.words()) + "</strong>")
                + entry(texts, "device.fingerprint", Html.text(machine.fingerprint()))
                + entry(texts, "device.agent", Html.text(machine.version())) + "</dl><p class=\"quiet\">"
                + texts.text("device.wordsHint") + "</p></section>";
    }

    private static String entry(PageTexts texts, String label, String html) {
        return "<dt>" + texts.text(label) + "</dt><dd>" + html + "</dd>";
    }

    private String assist(PageTexts texts, String form) throws StateException {
        StringBuilder html = new StringBuilder("<section aria-labelledby=\"assist\"><h2 id=\"assist\">")
                .append(texts.text("assist.title"))
                .append("</h2>");
        Optional<AssistanceFolder.Told> told = assistance.told();
        if (assistance.request().isPresent()) {
            String state = told.map(AssistanceFolder.Told::state).orElse(assistance.isSent() ? "sent" : "unsent");
            String detail = Html.foreign(told.map(AssistanceFolder.Told::detail).orElse(""));
            html.append("<p role=\"status\">")
                    .append(
                            texts.optional("assist.state." + state).isPresent()
                                    ? texts.html("assist.state." + state, detail)
                                    : Html.foreign(state))
                    .append("</p>");
        }
        if (assistance.mayAsk()) {
            html.append("<form class=\"fields\" method=\"post\" action=\"assist\">")
                    .append(LiveView.hidden(form))
                    .append("<div><label for=\"text\">")
                    .append(texts.text("assist.text"))
                    .append("</label><textarea id=\"text\" name=\"text\" required rows=\"3\" maxlength=\"")
                    .append(Assist.MAX_TEXT)
                    .append("\"></textarea></div>")
                    .append(field(texts, "assist.name", "name", "text", "name", "")
                            .replace(" required", ""))
                    .append(field(texts, "assist.phone", "phone", "tel", "tel", "")
                            .replace(" required", ""))
                    .append(field(texts, "assist.email", "email", "email", "email", "")
                            .replace(" required", ""))
                    .append(button(texts, "assist.action"))
                    .append("</form>");
        }
        return html.append("</section>").toString();
    }

    private static String password(PageTexts texts, String form) {
        return "<section><details><summary>" + texts.text("password.title")
                + "</summary><form class=\"fields\" method=\"post\" action=\"password\">" + LiveView.hidden(form)
                + field(texts, "password.old", "old", "password", "current-password", "")
                + field(texts, "password.new", "password", "password", "new-password", hint(texts))
                + field(texts, "password.repeat", "repeat", "password", "new-password", "")
                + button(texts, "password.action") + "</form></details></section>";
    }

    private static String field(PageTexts texts, String label, String name, String type, String complete, String hint) {
        String described = hint.isEmpty() ? "" : " aria-describedby=\"" + name + "-hint\"";
        return "<div><label for=\"" + name + "\">" + texts.text(label) + "</label><input id=\"" + name + "\" name=\""
                + name + "\" type=\"" + type + "\" autocomplete=\"" + complete + "\" required maxlength=\"254\""
                + described + ">"
                + (hint.isEmpty() ? "" : "<p class=\"quiet\" id=\"" + name + "-hint\">" + hint + "</p>") + "</div>";
    }

    private static String button(PageTexts texts, String label) {
        return "<div><button>" + texts.text(label) + "</button></div>";
    }

    private String page(PageTexts texts, String tools, String said, String contents) {
        String message = said.isEmpty() ? "" : "<section class=\"said\" role=\"status\"><p>" + said + "</p></section>";
        return String.join(
                "\n",
                List.of(
                        "<!DOCTYPE html>",
                        "<html lang=\"" + texts.language() + "\"><head><meta charset=\"utf-8\">",
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
                        "<title>" + texts.text("page.title", machine.name()) + "</title>",
                        "<link rel=\"stylesheet\" href=\"/page.css\"><script src=\"/page.js\" defer></script></head>",
                        "<body><header><h1>" + Html.foreign(machine.name()) + "</h1>" + tools + "</header>",
                        "<main>" + message + contents + "</main></body></html>",
                        ""));
    }
}
