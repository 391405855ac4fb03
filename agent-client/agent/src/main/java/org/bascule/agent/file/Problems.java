package org.bascule.agent.file;

import java.io.IOException;
import org.bascule.agent.posix.Errno;
import org.bascule.agent.posix.PosixException;
import org.bascule.session.service.FileProblem;
import org.bascule.session.service.FileProblem.Code;

/** What the system's refusals mean to a person. */
final class Problems {

    private Problems() {}

    static FileProblem of(IOException e) {
        return e instanceof PosixException posix
                ? of(posix.errno())
                : new FileProblem(Code.FAILED, "The device could not do it.");
    }

    private static FileProblem of(int errno) {
        return switch (errno) {
            case Errno.ENOENT -> notFound();
            case Errno.EACCES, Errno.EPERM ->
                new FileProblem(Code.DENIED, "The account on the device has no right to do that.");
            case Errno.EEXIST -> exists();
            case Errno.ENOTDIR -> new FileProblem(Code.NOT_A_FOLDER, "That is not a folder.");
            case Errno.EISDIR -> notAFile();
            case Errno.ENOTEMPTY -> new FileProblem(Code.NOT_EMPTY, "The folder is not empty.");
            case Errno.ELOOP -> new FileProblem(Code.LOOP, "Links lead in a circle, or a link stands in the way.");
            case Errno.ENOSPC -> noSpace();
            case Errno.EDQUOT ->
                new FileProblem(Code.NO_SPACE, "The account's quota on the device is used up; nothing was kept.");
            case Errno.EROFS -> new FileProblem(Code.READ_ONLY, "The file system on the device is read-only.");
            case Errno.EFBIG ->
                new FileProblem(Code.TOO_LARGE, "The file system on the device takes no files of that size.");
            case Errno.ENAMETOOLONG, Errno.EINVAL ->
                new FileProblem(Code.NAME, "The file system on the device does not take this name.");
            case Errno.EXDEV -> new FileProblem(Code.FAILED, "It cannot be moved to another file system.");
            case Errno.EBUSY, Errno.ETXTBSY -> new FileProblem(Code.FAILED, "It is in use on the device.");
            default -> new FileProblem(Code.FAILED, "The device could not do it (error " + errno + ").");
        };
    }

    static FileProblem notFound() {
        return new FileProblem(Code.NOT_FOUND, "There is no such file or folder.");
    }

    static FileProblem exists() {
        return new FileProblem(Code.EXISTS, "Something of that name is there already.");
    }

    static FileProblem notAFile() {
        return new FileProblem(Code.NOT_A_FILE, "That is not an ordinary file.");
    }

    static FileProblem noSpace() {
        return new FileProblem(Code.NO_SPACE, "The disk of the device is full; nothing was kept.");
    }

    static FileProblem outside() {
        return new FileProblem(
                Code.OUTSIDE, "That is outside of the folders that the device's owner has opened for this.");
    }

    static FileProblem changed() {
        return new FileProblem(Code.CHANGED, "The file was changed meanwhile.");
    }

    static FileProblem notPermitted() {
        return new FileProblem(Code.NOT_PERMITTED, "This session may not do that, or not any more.");
    }
}
