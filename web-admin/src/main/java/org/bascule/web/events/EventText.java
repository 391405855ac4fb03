package org.bascule.web.events;

import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.live.LiveEvent.AccessRequested;
import org.bascule.domain.live.LiveEvent.AssistanceChanged;
import org.bascule.domain.live.LiveEvent.AuditAdded;
import org.bascule.domain.live.LiveEvent.ConsentChanged;
import org.bascule.domain.live.LiveEvent.DeviceAdded;
import org.bascule.domain.live.LiveEvent.DeviceAlarm;
import org.bascule.domain.live.LiveEvent.DeviceChanged;
import org.bascule.domain.live.LiveEvent.DeviceRemoved;
import org.bascule.domain.live.LiveEvent.DeviceRevoked;
import org.bascule.domain.live.LiveEvent.DirectoryImported;
import org.bascule.domain.live.LiveEvent.FolderChanged;
import org.bascule.domain.live.LiveEvent.ImportChanged;
import org.bascule.domain.live.LiveEvent.OptionsChanged;
import org.bascule.domain.live.LiveEvent.PrincipalChanged;
import org.bascule.domain.live.LiveEvent.RelaysChanged;
import org.bascule.domain.live.LiveEvent.ResourceMoved;
import org.bascule.domain.live.LiveEvent.RightsChanged;
import org.bascule.domain.live.LiveEvent.SessionChanged;
import org.bascule.web.problem.ProblemCode;
import org.bascule.wire.Json;

/** The messages of {@code /api/events}. */
final class EventText {

    static final String HEARTBEAT = of("hb").build().toString();
    static final String DIRECTORY = of("directory").build().toString();

    private EventText() {}

    /** @param why the problem for which requests are refused from now on; empty if the sign-in has ended */
    static String signedOut(Optional<ProblemCode> why) {
        JsonObjectBuilder json = of("signed-out");
        why.ifPresent(problem -> json.add("why", problem.code()));
        return json.build().toString();
    }

    static String of(LiveEvent event) {
        if (event instanceof DeviceChanged changed) {
            JsonObjectBuilder json = of("device").add("uid", changed.uid()).add("state", changed.state());
            if (changed.lastSeen() != null) {
                json.add("lastSeen", changed.lastSeen().toString());
            } else {
                json.addNull("lastSeen");
            }
            return json.add("name", changed.name()).build().toString();
        }
        if (event instanceof DeviceAdded added) {
            return of("device-added")
                    .add("uid", added.uid())
                    .add("folder", added.folderId())
                    .build()
                    .toString();
        }
        if (event instanceof SessionChanged session) {
            return of("session")
                    .add("sid", session.sid())
                    .add("device", session.deviceUid())
                    .add("state", session.state())
                    .build()
                    .toString();
        }
        if (event instanceof DeviceRevoked revoked) {
            return of("device-revoked").add("uid", revoked.uid()).build().toString();
        }
        if (event instanceof DeviceAlarm alarm) {
            return of("device-alarm")
                    .add("uid", alarm.uid())
                    .add("kind", alarm.kind())
                    .build()
                    .toString();
        }
        if (event instanceof AssistanceChanged request) {
            return of("assistance")
                    .add("id", request.id())
                    .add("device", request.deviceUid())
                    .add("state", request.state())
                    .build()
                    .toString();
        }
        if (event instanceof ImportChanged changed) {
            return of("import")
                    .add("id", changed.id())
                    .add("state", changed.state())
                    .add("done", changed.done())
                    .add("total", changed.total())
                    .build()
                    .toString();
        }
        if (event instanceof DirectoryImported || isRemoval(event)) {
            return DIRECTORY;
        }
        if (event instanceof OptionsChanged) {
            return of("options").build().toString();
        }
        if (event instanceof RelaysChanged) {
            return of("relays").build().toString();
        }
        if (event instanceof AuditAdded) {
            return of("audit").build().toString();
        }
        if (event instanceof FolderChanged folder) {
            return of("folder")
                    .add("id", folder.id())
                    .add("change", folder.change())
                    .build()
                    .toString();
        }
        if (event instanceof PrincipalChanged principal) {
            return of(principal.kind())
                    .add("id", principal.id())
                    .add("change", principal.change())
                    .build()
                    .toString();
        }
        if (event instanceof RightsChanged) {
            return of("rights").build().toString();
        }
        if (event instanceof ResourceMoved moved) {
            return of("moved").add("id", moved.resourceId()).build().toString();
        }
        if (event instanceof AccessRequested request) {
            return of("access-request")
                    .add("id", request.id())
                    .add("state", request.state())
                    .build()
                    .toString();
        }
        if (event instanceof ConsentChanged consent) {
            return of("consent")
                    .add("sid", consent.sid())
                    .add("device", consent.deviceUid())
                    .add("state", consent.state())
                    .build()
                    .toString();
        }
        throw new IllegalArgumentException("no message for " + event.getClass());
    }

    /** Nobody can be asked who saw what is gone: everybody is told that something may be different, and nobody what it was. */
    private static boolean isRemoval(LiveEvent event) {
        return event instanceof DeviceRemoved
                || event instanceof FolderChanged folder && folder.change().equals("removed")
                || event instanceof PrincipalChanged principal
                        && principal.change().equals("removed");
    }

    private static JsonObjectBuilder of(String type) {
        return Json.createObjectBuilder().add("type", type);
    }
}
