package org.bascule.agent.chat;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalException;
import org.bascule.session.service.ChatMessage;
import org.bascule.session.service.ChatMessage.Objection;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Chats on the control socket.
 *
 * <pre>
 * chat.list                             {"chats":[{"sid","name","since","user","over"}]}
 * chat.read  {"sid","after","reader"}   {"name","user","over","more","messages":[{"number","time","from","who","text"}]}; whoever reads counts as present for a few seconds
 * chat.leave {"sid","reader"}           {}
 * chat.say   {"sid","text"}             {}
 * </pre>
 */
public final class ChatCommands {

    public static final String LIST = "chat.list";
    public static final String READ = "chat.read";
    public static final String LEAVE = "chat.leave";
    public static final String SAY = "chat.say";

    /** The chat is over, or was never there. */
    public static final String GONE = "gone";
    /** The text is no message. */
    public static final String NO_MESSAGE = "no-message";
    /** In one answer. */
    public static final int MAX_MESSAGES = 24;

    private static final Duration PRESENT = Duration.ofSeconds(4);

    private final ChatDesk desk;

    public ChatCommands(ChatDesk desk) {
        this.desk = desk;
    }

    public void addTo(LocalCommands commands) {
        commands.add(LIST, (arguments, by) -> list());
        commands.add(READ, (arguments, by) -> read(StrictJson.of(arguments)));
        commands.add(LEAVE, (arguments, by) -> leave(StrictJson.of(arguments)));
        commands.add(SAY, (arguments, by) -> say(StrictJson.of(arguments), by));
    }

    private JsonObject list() {
        JsonArrayBuilder chats = Json.createArrayBuilder();
        for (Conversation conversation : desk.conversations()) {
            Conversation.View view = conversation.view(Long.MAX_VALUE);
            chats.add(Json.createObjectBuilder()
                    .add("sid", view.sid().hex())
                    .add("name", view.name())
                    .add("since", view.since().toString())
                    .add("user", view.user())
                    .add("over", view.over()));
        }
        return Json.createObjectBuilder().add("chats", chats).build();
    }

    private Conversation conversation(StrictJson json) throws WireException, LocalException {
        return desk.find(SessionId.parse(json.string("sid", 32)))
                .orElseThrow(() -> new LocalException(GONE, "There is no such chat."));
    }

    private JsonObject read(StrictJson json) throws WireException, LocalException {
        Conversation conversation = conversation(json);
        String reader = json.string("reader", 64);
        conversation.attach(Place.TERMINAL, reader, PRESENT);
        Conversation.View view = conversation.view(json.number("after", 0, Long.MAX_VALUE));
        List<ChatMessage> some = view.messages().stream().limit(MAX_MESSAGES).toList();
        JsonArrayBuilder messages = Json.createArrayBuilder();
        for (ChatMessage message : some) {
            messages.add(message.toJson());
            conversation.shown(message.number());
        }
        return Json.createObjectBuilder()
                .add("name", view.name())
                .add("user", view.user())
                .add("over", view.over())
                .add("more", some.size() < view.messages().size())
                .add("messages", messages)
                .build();
    }

    private JsonObject leave(StrictJson json) throws WireException, LocalException {
        conversation(json).detach(json.string("reader", 64));
        return JsonObject.EMPTY_JSON_OBJECT;
    }

    private JsonObject say(StrictJson json, String by) throws WireException, LocalException {
        Conversation conversation = conversation(json);
        Optional<Objection> objection =
                desk.say(conversation.sid(), json.text("text", ChatMessage.MAX_LINE), by + " on the command line");
        if (objection.isPresent()) {
            throw new LocalException(
                    objection.get() == Objection.OVER ? GONE : NO_MESSAGE,
                    objection.get().text());
        }
        return JsonObject.EMPTY_JSON_OBJECT;
    }
}
