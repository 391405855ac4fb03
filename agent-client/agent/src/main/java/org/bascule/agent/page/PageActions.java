package org.bascule.agent.page;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bascule.agent.assist.AssistanceFolder;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.owner.SwitchOrder;
import org.bascule.agent.owner.SwitchSetting;
import org.bascule.agent.page.PageSessions.PageSession;
import org.bascule.agent.state.StateException;
import org.bascule.agent.watch.LocalWatch.Terminal;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ReportMessage.Assist;

/** What the forms of the page do. Each gives HTML to say to whoever sent it, or nothing if the page itself shows it. */
final class PageActions {

    private static final int MAX_HOURS = 24 * 366;

    private final DeviceDesk desk;
    private final AssistanceFolder assistance;
    private final PagePassword password;
    private final SetupCode code;
    private final Guesses guesses;
    private final PageSessions sessions;
    private final WatchView watched;
    private final EventLog events;
    private final InstantSource clock;

    PageActions(
            DeviceDesk desk,
            AssistanceFolder assistance,
            PagePassword password,
            SetupCode code,
            Guesses guesses,
            PageSessions sessions,
            WatchView watched,
            EventLog events,
            InstantSource clock) {
        this.desk = desk;
        this.assistance = assistance;
        this.password = password;
        this.code = code;
        this.guesses = guesses;
        this.sessions = sessions;
        this.watched = watched;
        this.events = events;
        this.clock = clock;
    }

    /**
     * How a sign-in went.
     *
     * @param session present if it succeeded
     * @param status of the answer otherwise
     * @param said HTML of why not
     */
    record SignIn(Optional<PageSession> session, int status, String said) {

        static SignIn refused(int status, String said) {
            return new SignIn(Optional.empty(), status, said);
        }
    }

    /** @param uid account that the request comes from */
    synchronized SignIn setUp(PageTexts texts, Form form, long uid) throws StateException {
        if (password.isSet()) {
            return SignIn.refused(409, "");
        }
        Optional<String> wrong = wrong(texts, form);
        if (wrong.isPresent()) {
            return SignIn.refused(422, wrong.get());
        }
        Duration wait = guesses.attempt(uid);
        if (!wait.isZero()) {
            return SignIn.refused(429, texts.text("login.wait", wait.toSeconds() + 1));
        }
        if (!code.matches(form.get("code"))) {
            events.record("page-refused", "a wrong code, from " + PeerAccount.name(uid));
            return SignIn.refused(403, texts.text("setup.wrongCode"));
        }
        password.set(form.get("password"));
        code.spend();
        guesses.right(uid);
        events.record("page-password-set", "from " + PeerAccount.name(uid));
        return begin(uid);
    }

    /** Of a new password and its repetition. */
    private static Optional<String> wrong(PageTexts texts, Form form) {
        if (!PagePassword.isAcceptable(form.get("password"))) {
            return Optional.of(texts.text("setup.tooShort", PagePassword.MIN_LENGTH, PagePassword.MAX_LENGTH));
        }
        return form.get("password").equals(form.get("repeat"))
                ? Optional.empty()
                : Optional.of(texts.text("setup.different"));
    }

    SignIn signIn(PageTexts texts, Form form, long uid) throws StateException {
        Duration wait = guesses.attempt(uid);
        if (!wait.isZero()) {
            return SignIn.refused(429, texts.text("login.wait", wait.toSeconds() + 1));
        }
        if (!password.matches(form.get("password"))) {
            events.record("page-refused", "a wrong password, from " + PeerAccount.name(uid));
            return SignIn.refused(403, texts.text("login.wrong"));
        }
        guesses.right(uid);
        return begin(uid);
    }

    private SignIn begin(long uid) {
        String account = PeerAccount.name(uid);
        events.record("page-opened", "from " + account);
        return new SignIn(Optional.of(sessions.begin("the local page, " + account)), 200, "");
    }

    String run(String what, PageTexts texts, Form form, PageSession session) throws StateException {
        return switch (what) {
            case "switch" -> turn(texts, form, session);
            case "end" -> end(texts, form, session);
            case "answer" -> answer(texts, form, session);
            case "say" -> say(texts, form, session);
            case "watch" -> watch(texts, form, session);
            case "assist" -> assist(texts, form);
            case "password" -> change(texts, form, session);
            default -> "";
        };
    }

    private String turn(PageTexts texts, Form form, PageSession session) {
        SwitchOrder order;
        if (form.get("to").equals("on")) {
            order = new SwitchOrder.On();
        } else {
            String reason = form.get("reason").strip();
            order = new SwitchOrder.Off(
                    hours(form.get("hours")),
                    reason.length() > SwitchSetting.MAX_REASON
                            ? reason.substring(0, SwitchSetting.MAX_REASON)
                            : reason);
        }
        try {
            desk.change(order, session.who());
            return "";
        } catch (StateException e) {
            boolean done = desk.switchState().on() == order instanceof SwitchOrder.On;
            return texts.text(done ? "access.failed" : "access.refused", String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Duration> hours(String text) {
        if (!text.matches("[1-9][0-9]{0,3}") || Integer.parseInt(text) > MAX_HOURS) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofHours(Integer.parseInt(text)));
    }

    private String end(PageTexts texts, Form form, PageSession session) {
        try {
            return desk.end(SessionId.parse(form.get("sid")), session.who()) ? "" : texts.text("sessions.gone");
        } catch (WireException e) {
            return texts.text("sessions.gone");
        }
    }

    private String answer(PageTexts texts, Form form, PageSession session) {
        List<String> tools = form.all("tool");
        Optional<Operations> granted = Optional.empty();
        try {
            if (form.get("to").equals("grant") && !tools.isEmpty()) {
                granted = Optional.of(Operations.of(tools));
            }
        } catch (WireException e) {
            return texts.text("form.stale");
        }
        return desk.questions().answer(form.get("id"), granted, session.who()) ? "" : texts.text("questions.gone");
    }

    private String say(PageTexts texts, Form form, PageSession session) {
        try {
            return desk.chats()
                    .say(SessionId.parse(form.get("sid")), form.get("text").strip(), session.who())
                    .map(objection -> texts.text("chat.refused." + objection.code()))
                    .orElse("");
        } catch (WireException e) {
            return texts.text("chat.refused.over");
        }
    }

    private String watch(PageTexts texts, Form form, PageSession session) {
        String tool = form.get("tool");
        try {
            if (tool.matches("[1-9][0-9]{0,8}")) {
                Terminal terminal = new Terminal(SessionId.parse(form.get("sid")), Integer.parseInt(tool));
                if (form.get("to").equals("end")) {
                    watched.end(session, terminal);
                    return "";
                }
                if (desk.watch().terminals().contains(terminal)) {
                    watched.begin(session, terminal);
                    return "";
                }
            }
        } catch (WireException e) {
            // no session is called that
        }
        return texts.text("watch.gone");
    }

    private String assist(PageTexts texts, Form form) throws StateException {
        String text = form.get("text").strip();
        Optional<String> name = given(form, "name");
        Optional<String> phone = given(form, "phone");
        Optional<String> email = given(form, "email");
        if (text.isEmpty()
                || text.length() > Assist.MAX_TEXT
                || name.orElse("").length() > Assist.MAX_NAME
                || phone.orElse("").length() > Assist.MAX_PHONE
                || email.orElse("").length() > Assist.MAX_EMAIL) {
            return texts.text("assist.wrong", Assist.MAX_TEXT);
        }
        if (!assistance.mayAsk()) {
            return "";
        }
        Instant now = clock.instant();
        assistance.ask(new Assist(UUID.randomUUID().toString(), text, name, phone, email, now));
        return "";
    }

    private static Optional<String> given(Form form, String name) {
        return Optional.of(form.get(name).strip()).filter(value -> !value.isEmpty());
    }

    private String change(PageTexts texts, Form form, PageSession session) throws StateException {
        Optional<String> wrong = wrong(texts, form);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        if (!password.matches(form.get("old"))) {
            events.record("page-refused", "a wrong present password, by " + session.who());
            return texts.text("login.wrong");
        }
        password.set(form.get("password"));
        sessions.endOthers(session.id());
        events.record("page-password-set", "by " + session.who());
        return texts.text("password.done");
    }
}
