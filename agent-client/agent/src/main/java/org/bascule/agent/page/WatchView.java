package org.bascule.agent.page;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.agent.page.PageSessions.PageSession;
import org.bascule.agent.session.SessionSummary;
import org.bascule.agent.watch.LocalWatch;
import org.bascule.agent.watch.LocalWatch.Terminal;

/** Terminals that are watched on the page, which only shows them. Thread-safe. */
final class WatchView {

    private static final int MAX = 4;

    private final LocalWatch watch;

    // guarded by this
    /** By the id of who is signed in. */
    private final Map<String, Set<Terminal>> watched = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<Terminal>> eldest) {
            return size() > PageSessions.MAX;
        }
    };

    WatchView(LocalWatch watch) {
        this.watch = watch;
    }

    /** From now on; the first of several goes when there are too many. */
    synchronized void begin(PageSession session, Terminal terminal) {
        Set<Terminal> present = watched.computeIfAbsent(session.id(), id -> new LinkedHashSet<>());
        present.add(terminal);
        if (present.size() > MAX) {
            Iterator<Terminal> oldest = present.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    synchronized void end(PageSession session, Terminal terminal) {
        Set<Terminal> present = watched.get(session.id());
        if (present != null) {
            present.remove(terminal);
        }
    }

    private synchronized List<Terminal> watched(PageSession session) {
        return List.copyOf(watched.getOrDefault(session.id(), Set.of()));
    }

    /** Buttons for the terminals of a session. */
    String buttons(PageTexts texts, PageSession session, SessionSummary of) {
        List<Terminal> present = watched(session);
        StringBuilder html = new StringBuilder();
        for (Terminal terminal : watch.terminals()) {
            if (terminal.sid().equals(of.sid()) && !present.contains(terminal)) {
                String label = texts.text("watch.beginOf", terminal.tool(), of.name());
                html.append(form(session, terminal, "begin", texts.text("watch.begin", terminal.tool()), label));
            }
        }
        return html.toString();
    }

    private static String id(Terminal terminal) {
        return terminal.sid() + "-" + terminal.tool();
    }

    private static String form(PageSession session, Terminal terminal, String to, String text, String label) {
        return "<form method=\"post\" action=\"watch\">" + LiveView.hidden(session.form())
                + "<input type=\"hidden\" name=\"sid\" value=\"" + terminal.sid()
                + "\"><input type=\"hidden\" name=\"tool\" value=\"" + terminal.tool()
                + "\"><button class=\"second\" id=\"watch-" + id(terminal) + "\" name=\"to\" value=\"" + to
                + "\" aria-label=\"" + label + "\">" + text + "</button></form>";
    }

    String html(PageTexts texts, PageSession session, List<SessionSummary> running) {
        StringBuilder html = new StringBuilder();
        for (Terminal terminal : watched(session)) {
            Optional<List<String>> lines = watch.look(terminal, session.who());
            Optional<SessionSummary> of = running.stream()
                    .filter(each -> each.sid().equals(terminal.sid()))
                    .findFirst();
            if (lines.isEmpty() || of.isEmpty()) {
                end(session, terminal);
                continue;
            }
            String label = texts.text("watch.endOf", terminal.tool(), of.get().name());
            html.append("<section class=\"watch\" aria-labelledby=\"watched-")
                    .append(id(terminal))
                    .append("\"><h2 id=\"watched-")
                    .append(id(terminal))
                    .append("\">")
                    .append(texts.html(
                            "watch.title",
                            Integer.toString(terminal.tool()),
                            Html.foreign(of.get().name())))
                    .append("</h2><pre class=\"terminal\" dir=\"ltr\" tabindex=\"0\" id=\"terminal-")
                    .append(id(terminal))
                    .append("\">");
            for (String line : lines.get()) {
                html.append(Html.text(line)).append('\n');
            }
            html.append("</pre><p class=\"quiet\">")
                    .append(texts.text("watch.told"))
                    .append("</p>")
                    .append(form(session, terminal, "end", texts.text("watch.end"), label))
                    .append("</section>");
        }
        return html.toString();
    }
}
