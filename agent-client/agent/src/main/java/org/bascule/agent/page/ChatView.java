package org.bascule.agent.page;

import java.time.Duration;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.chat.Conversation;
import org.bascule.agent.chat.Place;
import org.bascule.agent.page.PageSessions.PageSession;
import org.bascule.session.service.ChatMessage;

/** The chats on the page. What is put into it counts as shown: a page that is in sight asks every second. */
final class ChatView {

    /** After the last time that the page asked. */
    private static final Duration PRESENT = Duration.ofSeconds(6);

    private final ChatDesk desk;

    ChatView(ChatDesk desk) {
        this.desk = desk;
    }

    String html(PageTexts texts, PageSession session) {
        StringBuilder html = new StringBuilder();
        for (Conversation conversation : desk.conversations()) {
            conversation.attach(Place.PAGE, session.id(), PRESENT);
            chat(html, texts, session, conversation);
        }
        return html.toString();
    }

    private static void chat(StringBuilder html, PageTexts texts, PageSession session, Conversation conversation) {
        Conversation.View view = conversation.view(0);
        String sid = view.sid().hex();
        String name = Html.foreign(view.name());
        html.append("<section class=\"chat\" aria-labelledby=\"chat-")
                .append(sid)
                .append("\"><h2 id=\"chat-")
                .append(sid)
                .append("\">")
                .append(texts.html("chat.title", name))
                .append("</h2><div class=\"scroll chat__messages\" id=\"messages-")
                .append(sid)
                .append("\" role=\"log\" tabindex=\"0\" aria-label=\"")
                .append(texts.text("chat.messages", view.name()))
                .append("\">");
        if (view.messages().isEmpty()) {
            html.append("<p class=\"quiet\">").append(texts.text("chat.none")).append("</p>");
        }
        for (ChatMessage message : view.messages()) {
            html.append(message.fromDevice() ? "<p class=\"chat__own\">" : "<p>")
                    .append("<span class=\"quiet\">")
                    .append(message.fromDevice() ? texts.text("chat.you") : name)
                    .append(" · ")
                    .append(texts.time(message.time()))
                    .append("</span><br>")
                    .append(Html.foreign(message.text()))
                    .append("</p>");
            conversation.shown(message.number());
        }
        html.append("</div><p role=\"status\" class=\"quiet\">")
                .append(texts.html(view.over() ? "chat.over" : view.user() ? "chat.here" : "chat.away", name))
                .append("</p>");
        if (!view.over()) {
            form(html, texts, session, view);
        }
        html.append("</section>");
    }

    private static void form(StringBuilder html, PageTexts texts, PageSession session, Conversation.View view) {
        String sid = view.sid().hex();
        html.append("<form class=\"fields chat__form\" method=\"post\" action=\"say\">")
                .append(LiveView.hidden(session.form()))
                .append("<input type=\"hidden\" name=\"sid\" value=\"")
                .append(sid)
                .append("\"><div><label for=\"say-")
                .append(sid)
                .append("\">")
                .append(texts.html("chat.text", Html.foreign(view.name())))
                .append("</label><input id=\"say-")
                .append(sid)
                .append("\" name=\"text\" required maxlength=\"")
                .append(ChatMessage.MAX_BYTES)
                .append("\" autocomplete=\"off\"></div><div><button id=\"send-")
                .append(sid)
                .append("\">")
                .append(texts.text("chat.send"))
                .append("</button></div></form>");
    }
}
