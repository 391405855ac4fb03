package org.bascule.control.server;

import jakarta.json.JsonObject;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;

/** The REST API of {@code docs/protocol/api.md}, as far as the command line needs it. */
public final class AccessServer {

    private static final Pattern UID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int PAGE = 200;

    /** Lists that have no pages are at most so long. */
    private static final int MAX_WHOLE = 10_000;

    private static final int MAX_PAGES = 1_000;
    private static final int MAX_LIST = 8 << 20;
    private static final int MAX_CURSOR = 4_096;
    /** The server takes searches of 200 characters. */
    private static final int MAX_PIECES = 3;

    private static final int MAX_PIECE = 60;

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

    public Http http() {
        return http;
    }

    private interface Call {
        Http.Answer send(Optional<String> bearer) throws CommandException;
    }

    /** Sends with a token, once more with a renewed one if it is refused. */
    private String signed(Call call) throws CommandException {
        String token = tokens.token();
        Http.Answer answer = call.send(Optional.of(token));
        if (answer.status() == 401) {
            answer = call.send(Optional.of(tokens.renewed(token)));
        }
        if (!answer.isOk()) {
            throw Problem.parse(answer.status(), answer.body()).toException();
        }
        return answer.body();
    }

    /** Copies the tree of the audit log with its records, as {@code docs/protocol/audit.md} describes it. */
    public void auditTree(OutputStream to) throws CommandException {
        URI url = at("/api/audit/tree/export");
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

    /** All items of a list, whatever its number of pages. */
    public List<JsonObject> list(String path) throws CommandException {
        return items(path + (path.contains("?") ? "&" : "?") + "limit=" + PAGE).stream()
                .map(StrictJson::object)
                .toList();
    }

    /** Creates; after a lost connection once more with the same key, so that nothing is created twice. */
    public JsonObject create(String path, JsonObject body) throws CommandException {
        Map<String, String> headers =
                Map.of("Idempotency-Key", UUID.randomUUID().toString());
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

    /** Changes what has this version. */
    public JsonObject change(String path, String etag, JsonObject body) throws CommandException {
        return object(signed(bearer -> http.json("PATCH", at(path), body.toString(), ifMatch(etag), bearer)));
    }

    /** Removes what has this version; with an empty one, whatever version it has. */
    public void remove(String path, String etag) throws CommandException {
        signed(bearer -> http.json("DELETE", at(path), "", etag.isEmpty() ? Map.of() : ifMatch(etag), bearer));
    }

    /** Asks for something to be done that has no answer. */
    public void act(String path) throws CommandException {
        signed(bearer -> http.json("POST", at(path), "", Map.of(), bearer));
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
        return reference.startsWith("/") ? FolderPath.parse(reference).find(this) : folder(reference);
    }

    /** The uid of the one device of that uid, name, or path: {@code /Customers/North/pump-1}. */
    public String deviceAt(String reference) throws CommandException {
        return reference.startsWith("/") ? FolderPath.parse(reference).findDevice(this) : deviceUid(reference);
    }

    /** Devices whose name, or something else that the server searches, matches; all pages. */
    public List<DeviceRow> devices(Optional<String> query, Optional<String> folder) throws CommandException {
        List<DeviceRow> rows = new ArrayList<>();
        String filter = query.map(text -> "&q=" + Http.encode(text)).orElse("")
                + folder.map(id -> "&folder=" + Http.encode(id)).orElse("");
        for (StrictJson item : items("/api/devices?limit=" + PAGE + filter)) {
            try {
                rows.add(DeviceRow.parse(item));
            } catch (WireException e) {
                throw notUnderstood(e);
            }
        }
        return rows;
    }

    /** All pages of a list that is read with a cursor; {@code path} has a query already. */
    private List<StrictJson> items(String path) throws CommandException {
        List<StrictJson> items = new ArrayList<>();
        String from = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            URI url = at(path + from);
            try {
                StrictJson list = StrictJson.parse(signed(bearer -> http.get(url, bearer)), MAX_LIST);
                items.addAll(list.children("items", MAX_WHOLE));
                if (!list.has("next")) {
                    break;
                }
                from = "&cursor=" + Http.encode(list.string("next", MAX_CURSOR));
            } catch (WireException e) {
                throw notUnderstood(e);
            }
        }
        return items;
    }

    /** The id of the one folder of that name or id. */
    public String folder(String nameOrId) throws CommandException {
        if (UID.matcher(nameOrId).matches()) {
            return nameOrId;
        }
        List<String> ids = new ArrayList<>();
        for (StrictJson folder : items("/api/folders?limit=" + PAGE + "&q=" + Http.encode(nameOrId))) {
            try {
                if (folder.text("name", 20_000).equals(nameOrId)) {
                    ids.add(folder.string("id", 36));
                }
            } catch (WireException e) {
                throw notUnderstood(e);
            }
        }
        return one(ids, "folder", nameOrId);
    }

    /** The uid of the one device of that name; a uid is taken as it is. */
    public String deviceUid(String nameOrUid) throws CommandException {
        if (UID.matcher(nameOrUid).matches()) {
            return nameOrUid;
        }
        List<String> uids = devices(Optional.of(quoted(nameOrUid)), Optional.empty()).stream()
                .filter(row -> row.name().equals(nameOrUid))
                .map(DeviceRow::uid)
                .toList();
        return one(uids, "device", nameOrUid);
    }

    /** A search for devices whose name holds the pieces of this one: in quotes, which cannot hold a quote themselves. */
    private static String quoted(String name) {
        String search = Arrays.stream(name.split("\"", -1))
                .filter(piece -> !piece.isBlank())
                .limit(MAX_PIECES)
                .map(piece -> '"' + piece.substring(0, Math.min(piece.length(), MAX_PIECE)) + '"')
                .collect(Collectors.joining(" "));
        return search.isEmpty() ? name : search;
    }

    private static String one(List<String> ids, String what, String name) throws CommandException {
        if (ids.isEmpty()) {
            throw new CommandException(
                    ExitCode.REFUSED, "there is no %s '%s' that you may see".formatted(what, Printable.of(name)));
        }
        if (ids.size() > 1) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "%d %ss are called '%s': use the id instead".formatted(ids.size(), what, Printable.of(name)));
        }
        return ids.get(0);
    }

    public SessionOpened openSession(SessionRequest request) throws CommandException {
        try {
            SessionOpened opened =
                    SessionOpened.parse(signed(bearer -> http.post(at("/api/sessions"), request.toJson(), bearer)));
            if (!opened.state().equals(SessionOpened.READY)) {
                throw new CommandException(
                        ExitCode.REFUSED,
                        "the session waits for somebody's consent, which this program cannot await yet");
            }
            return opened;
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

    /** Tells that a session is over. */
    public void endSession(SessionId sid, String reason, long bytesIn, long bytesOut) throws CommandException {
        String body = jakarta.json.Json.createObjectBuilder()
                .add("reason", reason)
                .add("bytesIn", bytesIn)
                .add("bytesOut", bytesOut)
                .build()
                .toString();
        signed(bearer -> http.post(at("/api/sessions/" + sid + "/end"), body, bearer));
    }

    private static CommandException notUnderstood(WireException e) {
        return new CommandException(ExitCode.FAILED, "the answer of the access server was not understood", e);
    }
}
