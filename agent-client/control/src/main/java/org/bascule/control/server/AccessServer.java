package org.bascule.control.server;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.session.client.SessionOverException;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;

/** The REST API of {@code docs/protocol/api.md}, as far as the command line needs it. */
public final class AccessServer {

    private static final int PAGE = 200;

    /** Lists that have no pages are at most so long. */
    private static final int MAX_WHOLE = 10_000;

    /** A list that has to be there as a whole is at most so long, whatever its number of pages. */
    private static final int MAX_COLLECTED = 200_000;

    private static final int MAX_LIST = 8 << 20;
    private static final int MAX_CURSOR = 4_096;

    private final Http http;
    private final URI base;
    private final TokenSource tokens;

    public AccessServer(Http http, URI base, TokenSource tokens) {
        this.http = http;
        this.base = base;
        this.tokens = tokens;
    }

    public URI base() {
        return base;
    }

    /** As {@link TokenSource#domain}. */
    public String domain() {
        return tokens.domain();
    }

    public Http http() {
        return http;
    }

    private interface Call {
        Http.Answer send(Optional<String> bearer) throws CommandException;
    }

    /** Sends with a token, once more with a renewed one if it is refused. */
    private Http.Answer answered(Call call) throws CommandException {
        String token = tokens.token();
        Http.Answer answer = call.send(Optional.of(token));
        return answer.status() == 401 ? call.send(Optional.of(tokens.renewed(token))) : answer;
    }

    private String signed(Call call) throws CommandException {
        Http.Answer answer = answered(call);
        if (!answer.isOk()) {
            throw Problem.parse(answer.status(), answer.body()).toException();
        }
        return answer.body();
    }

    /** Copies a file of the server as it comes. */
    public void download(String path, OutputStream to) throws CommandException {
        URI url = at(path);
        String token = tokens.token();
        Optional<Http.Answer> refused = http.download(url, Optional.of(token), to);
        if (refused.isPresent() && refused.get().status() == 401) {
            refused = http.download(url, Optional.of(tokens.renewed(token)), to);
        }
        if (refused.isPresent()) {
            throw Problem.parse(refused.get().status(), refused.get().body()).toException();
        }
    }

    private URI at(String path) {
        return URI.create(base + path);
    }

    /** The object at a path. */
    public JsonObject get(String path) throws CommandException {
        return object(signed(bearer -> http.get(at(path), bearer)));
    }

    /** Takes the pages of a list, one after the other. */
    @FunctionalInterface
    public interface Pages<T> {
        void add(List<T> page) throws CommandException;
    }

    private record Page(List<StrictJson> items, Optional<String> next) {}

    /** All items of a list, whatever its number of pages. */
    public List<JsonObject> list(String path) throws CommandException {
        return list(path, Integer.MAX_VALUE);
    }

    /**
     * The first items of a list.
     *
     * @param most so many at most
     */
    public List<JsonObject> list(String path, int most) throws CommandException {
        List<JsonObject> items = new ArrayList<>();
        pages(path, most, collect(items));
        return items;
    }

    /**
     * Hands over a list page by page, as it comes: of any length.
     *
     * @param most so many items at most
     */
    public void pages(String path, int most, Pages<JsonObject> pages) throws CommandException {
        read(path, most, page -> pages.add(page.stream().map(StrictJson::object).toList()));
    }

    /** Nothing is left out unsaid: what is too long is refused. */
    private static <T> Pages<T> collect(List<T> items) {
        return page -> {
            items.addAll(page);
            if (items.size() > MAX_COLLECTED) {
                throw new CommandException(
                        ExitCode.FAILED, "a list has more than " + MAX_COLLECTED + " entries: ask for less");
            }
        };
    }

    private void read(String path, int most, Pages<StrictJson> pages) throws CommandException {
        String address = path + (path.contains("?") ? "&" : "?") + "limit=" + Math.min(PAGE, most);
        Page page = page(address);
        int left = most;
        Set<ByteBuffer> seen = new HashSet<>();
        while (true) {
            List<StrictJson> items = page.items();
            pages.add(items.subList(0, Math.min(left, items.size())));
            left -= items.size();
            Optional<String> next = page.next();
            if (left <= 0 || next.isEmpty()) {
                return;
            }
            if (!seen.add(ByteBuffer.wrap(Sha256.of(next.get())))) {
                throw new CommandException(ExitCode.FAILED, "the list of the access server does not go on");
            }
            page = page(address + "&cursor=" + Http.encode(next.get()));
        }
    }

    private Page page(String path) throws CommandException {
        try {
            StrictJson list = StrictJson.parse(signed(bearer -> http.get(at(path), bearer)), MAX_LIST);
            return new Page(
                    list.children("items", MAX_WHOLE),
                    list.has("next") ? Optional.of(list.string("next", MAX_CURSOR)) : Optional.empty());
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /** Creates under a key of its own. */
    public JsonObject create(String path, JsonObject body) throws CommandException {
        return create(path, body, UUID.randomUUID().toString());
    }

    /**
     * Creates; after a lost connection once more with the same key, so that nothing is created twice.
     *
     * @param key what the caller calls this creation: 16 to 64 of A-Z a-z 0-9 _ -
     */
    public JsonObject create(String path, JsonObject body, String key) throws CommandException {
        Map<String, String> headers = Map.of("Idempotency-Key", key);
        Call call = bearer -> http.json("POST", at(path), body.toString(), headers, bearer);
        try {
            return object(signed(call));
        } catch (CommandException e) {
            if (e.exitCode() != ExitCode.CONNECTION) {
                throw e;
            }
            return object(signed(call));
        }
    }

    /** Creates something from a file; after a lost connection once more with the same key. */
    public JsonObject upload(String path, Path file, String mediaType) throws CommandException, IOException {
        Map<String, String> headers =
                Map.of("Idempotency-Key", UUID.randomUUID().toString(), "Content-Type", mediaType);
        List<IOException> unreadable = new ArrayList<>();
        Call call = bearer -> {
            try {
                return http.upload(at(path), file, headers, bearer);
            } catch (IOException e) {
                unreadable.add(e);
                throw new CommandException(ExitCode.FAILED, "the file cannot be read", e);
            }
        };
        try {
            return object(signed(call));
        } catch (CommandException e) {
            if (!unreadable.isEmpty()) {
                throw unreadable.get(0);
            }
            if (e.exitCode() != ExitCode.CONNECTION) {
                throw e;
            }
            return object(signed(call));
        }
    }

    /** Changes what has this version; with an empty one, whatever version it has. */
    public JsonObject change(String path, String etag, JsonObject body) throws CommandException {
        return object(signed(bearer ->
                http.json("PATCH", at(path), body.toString(), etag.isEmpty() ? Map.of() : ifMatch(etag), bearer)));
    }

    /** Replaces what has this version; the answer, or an empty object if there is none. */
    public JsonObject replace(String path, String etag, JsonObject body) throws CommandException {
        return answer(signed(bearer -> http.json("PUT", at(path), body.toString(), ifMatch(etag), bearer)));
    }

    /** Makes it so, whether it is so already or not. */
    public void put(String path) throws CommandException {
        signed(bearer -> http.json("PUT", at(path), "", Map.of(), bearer));
    }

    /** Makes it what the body says, whatever it is. */
    public void put(String path, JsonObject body) throws CommandException {
        signed(bearer -> http.json("PUT", at(path), body.toString(), Map.of(), bearer));
    }

    /** Removes what has this version; with an empty one, whatever version it has. */
    public void remove(String path, String etag) throws CommandException {
        signed(bearer -> http.json("DELETE", at(path), "", etag.isEmpty() ? Map.of() : ifMatch(etag), bearer));
    }

    /** Asks for something to be done, or for an answer that is not stored; an empty object if there is none. */
    public JsonObject act(String path, JsonObject body) throws CommandException {
        return answer(signed(bearer -> http.json("POST", at(path), body.toString(), Map.of(), bearer)));
    }

    /** The same with what has this version. */
    public JsonObject act(String path, String etag, JsonObject body) throws CommandException {
        return answer(signed(bearer -> http.json("POST", at(path), body.toString(), ifMatch(etag), bearer)));
    }

    /** The same without a body; with an empty version, whatever version it has. */
    public JsonObject act(String path, String etag) throws CommandException {
        return answer(
                signed(bearer -> http.json("POST", at(path), "", etag.isEmpty() ? Map.of() : ifMatch(etag), bearer)));
    }

    /** The same without a body or a version. */
    public JsonObject act(String path) throws CommandException {
        return answer(signed(bearer -> http.json("POST", at(path), "", Map.of(), bearer)));
    }

    private static JsonObject answer(String text) throws CommandException {
        return text.isEmpty() ? JsonValue.EMPTY_JSON_OBJECT : object(text);
    }

    private static Map<String, String> ifMatch(String etag) {
        return Map.of("If-Match", "\"" + etag + "\"");
    }

    private static JsonObject object(String text) throws CommandException {
        try {
            return StrictJson.parse(text, MAX_LIST).object();
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /** The id of the one folder of that id, name, or path from the topmost folder that is seen: {@code /Customers/North}. */
    public String folderAt(String reference) throws CommandException {
        return new Directory(this).folder(reference).id();
    }

    /** The uid of the one device of that uid, name, or path: {@code /Customers/North/pump-1}. */
    public String deviceAt(String reference) throws CommandException {
        return new Directory(this).device(reference).id();
    }

    /** SHA-256 of the key of a device in full, as the server says: worth nothing until a person has compared its words. */
    public byte[] deviceKey(JsonObject device) throws CommandException {
        try {
            return StrictJson.of(device).bytes("thumbprint", Sha256.LENGTH);
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /** Devices whose name, or something else that the server searches, matches. */
    public List<DeviceRow> devices(String query) throws CommandException {
        List<DeviceRow> rows = new ArrayList<>();
        devices("/api/devices?q=" + Http.encode(query), collect(rows));
        return rows;
    }

    /** Hands over a list of devices page by page. */
    public void devices(String path, Pages<DeviceRow> pages) throws CommandException {
        read(path, Integer.MAX_VALUE, page -> {
            List<DeviceRow> rows = new ArrayList<>();
            for (StrictJson item : page) {
                try {
                    rows.add(DeviceRow.parse(item));
                } catch (WireException e) {
                    throw notUnderstood(e);
                }
            }
            pages.add(rows);
        });
    }

    public SessionOpened openSession(SessionRequest request) throws CommandException {
        try {
            return SessionOpened.parse(signed(bearer -> http.post(at("/api/sessions"), request.toJson(), bearer)));
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /**
     * How it stands with the consent to a session.
     *
     * @param wait seconds to wait for the answer, 0 to {@value ConsentState#MAX_WAIT}
     */
    public ConsentState consent(SessionId sid, int wait) throws CommandException {
        try {
            return ConsentState.parse(
                    signed(bearer -> http.get(at("/api/sessions/" + sid + "/consent?wait=" + wait), bearer)));
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /** The relays that there are, and leave to measure them. */
    public RelayOffer relays() throws CommandException {
        try {
            return RelayOffer.parse(
                    StrictJson.parse(signed(bearer -> http.get(at("/api/relays"), bearer)), SessionOpened.MAX_LENGTH));
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    public HandshakeAnswer handshake(SessionId sid, HandshakeRequest request) throws CommandException {
        try {
            return HandshakeAnswer.parse(
                    signed(bearer -> http.put(at("/api/sessions/" + sid + "/handshake"), request.toJson(), bearer)));
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /**
     * New tokens in reserve for a running session.
     *
     * @throws SessionOverException it has ended
     */
    public List<ReserveRelay> reserve(SessionId sid, ReserveRequest request)
            throws CommandException, SessionOverException {
        URI url = at("/api/sessions/" + sid + "/relays");
        Http.Answer answer = answered(bearer -> http.post(url, request.toJson(), bearer));
        if (!answer.isOk()) {
            Problem problem = Problem.parse(answer.status(), answer.body());
            if (problem.code().equals("session-ended")) {
                throw new SessionOverException(problem.detail());
            }
            throw problem.toException();
        }
        try {
            return ReserveRelay.read(StrictJson.parse(answer.body(), SessionOpened.MAX_LENGTH));
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /**
     * That the log of one size became that of another; empty if the server refuses to prove it.
     *
     * @throws CommandException if it failed or was not understood, which says nothing about the log
     */
    public Optional<List<byte[]>> consistency(long first, long second) throws CommandException {
        URI url = at("/api/audit/proof/consistency?first=" + first + "&second=" + second);
        try {
            Http.Answer answer = answered(bearer -> http.get(url, bearer));
            Problem problem = Problem.parse(answer.status(), answer.body());
            if (problem.isRefusal()) {
                return Optional.empty();
            }
            if (!answer.isOk()) {
                throw problem.toException();
            }
            return Optional.of(LogProofs.hashes(StrictJson.parse(answer.body(), MAX_LIST), "path"));
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /** Whether the domain asks who ends a session of his own what was done. */
    public boolean commentRequired() throws CommandException {
        return get("/api/domain/options").getBoolean("commentRequired", false);
    }

    /**
     * Tells that a session is over. The access server counts bytes as the device does: what this end sent came in there.
     *
     * @param sent bytes of all records that this end sent
     * @param received and received
     * @param comment what was done
     */
    public void endSession(SessionId sid, String reason, long sent, long received, Optional<String> comment)
            throws CommandException {
        JsonObjectBuilder body = Json.createObjectBuilder()
                .add("reason", reason)
                .add("bytesIn", sent)
                .add("bytesOut", received);
        comment.ifPresent(text -> body.add("comment", text));
        String json = body.build().toString();
        signed(bearer -> http.post(at("/api/sessions/" + sid + "/end"), json, bearer));
    }

    private static CommandException notUnderstood(WireException e) {
        return new CommandException(ExitCode.FAILED, "the answer of the access server was not understood", e);
    }
}
