package org.bascule.agent.session;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bascule.agent.file.FileLog;
import org.bascule.agent.file.FileService;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.policy.FilePolicy;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.bascule.session.stream.SessionStream;
import org.bascule.wire.SessionId;
import org.bascule.wire.ticket.Ticket;

/** Streams of the service {@code file}. One for each request is too many to be reported each: the first of a session is. */
final class FileStreams {

    private static final int REMEMBERED = 64;

    private final StateFolder folder;
    private final long ownUid;
    private final FileService service = new FileService();
    private final Set<SessionId> told = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    FileStreams(StateFolder folder, long ownUid) {
        this.folder = folder;
        this.ownUid = ownUid;
    }

    /** Whether it is the first time for this session. */
    boolean isFirst(SessionId sid) {
        return told.add(sid);
    }

    DeviceServices.Task task(SessionStream stream, FileRequest request, Ticket ticket) {
        return use -> service.run(
                use.stream(),
                request,
                FilePolicy.load(folder),
                new FileService.Caller(use.account(), ownUid, stream.session()::granted, ticket.user()),
                log(use.log()));
    }

    private static FileLog log(SessionLog log) {
        return new FileLog() {
            @Override
            public boolean isKept() {
                return log.isFull();
            }

            @Override
            public void before(What what, FilePath path, long size, String detail) throws IOException {
                switch (what) {
                    case DOWNLOAD -> log.file(SessionLog.Direction.FROM_DEVICE, path.text(), size, detail);
                    case UPLOAD -> log.file(SessionLog.Direction.TO_DEVICE, path.text(), size, detail);
                    case MAKE_FOLDER -> log.file(SessionLog.Direction.MKDIR, path.text(), size, "");
                    case RENAME -> log.file(SessionLog.Direction.RENAME, path.text() + " -> " + detail, size, "");
                    case DELETE -> log.file(SessionLog.Direction.DELETE, path.text(), size, "");
                }
            }

            @Override
            public void broken(FilePath path, long size, long sent) {
                log.fileBroken(path.text(), size, sent);
            }
        };
    }
}
