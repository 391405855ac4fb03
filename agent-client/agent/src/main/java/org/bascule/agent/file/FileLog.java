package org.bascule.agent.file;

import org.bascule.session.service.FilePath;

/** What is told of each file that was transferred or changed, after it was. The one place for a session's full log to listen. */
@FunctionalInterface
public interface FileLog {

    /** What happened. */
    enum What {
        DOWNLOADED,
        UPLOADED,
        FOLDER_MADE,
        RENAMED,
        DELETED
    }

    /**
     * @param size bytes; of a deletion the number of entries, otherwise 0
     * @param detail SHA-256 in hexadecimal digits, the new path in text, or nothing
     */
    void happened(What what, FilePath path, long size, String detail);
}
