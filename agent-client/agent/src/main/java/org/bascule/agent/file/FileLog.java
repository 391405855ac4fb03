package org.bascule.agent.file;

import java.io.IOException;
import org.bascule.session.service.FilePath;

/** What is told of each file that is transferred or changed: before anything of it leaves, and before it is put in place, told complete or changed. */
public interface FileLog {

    /** What is about to happen. */
    enum What {
        DOWNLOAD,
        UPLOAD,
        MAKE_FOLDER,
        RENAME,
        DELETE
    }

    /** Whether anything is recorded, which may change at any time. */
    boolean isKept();

    /**
     * @param size bytes of what is transferred, otherwise 0
     * @param detail SHA-256 in hexadecimal digits where it is recorded, the new path in text, or nothing
     * @throws IOException if it cannot be recorded: then it must not happen
     */
    void before(What what, FilePath path, long size, String detail) throws IOException;

    /**
     * A download has begun and does not come to its end.
     *
     * @param size bytes of the file
     * @param sent bytes that may have arrived
     */
    void broken(FilePath path, long size, long sent);
}
