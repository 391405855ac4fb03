package org.bascule.agent.file;

import java.io.IOException;
import org.bascule.agent.posix.Errno;
import org.bascule.agent.posix.PosixException;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;

/** What the system's refusals mean to a person. */
final class Problems {

    private Problems() {}

    static DeviceProblem of(IOException e) {
        return e instanceof PosixException posix
                ? of(posix.errno())
                : new DeviceProblem(Code.FAILED, "The device could not do it.");
    }

    private static DeviceProblem of(int errno) {
        return switch (errno) {
            case Errno.ENOENT -> notFound();
            case Errno.EACCES, Errno.EPERM ->
                new DeviceProblem(Code.DENIED, "The account on the device has no right to do that.");
            case Errno.EEXIST -> exists();
            case Errno.ENOTDIR -> new DeviceProblem(Code.NOT_A_FOLDER, "That is not a folder.");
            case Errno.EISDIR -> notAFile();
            case Errno.ENOTEMPTY -> new DeviceProblem(Code.NOT_EMPTY, "The folder is not empty.");
            case Errno.ELOOP -> new DeviceProblem(Code.LOOP, "Links lead in a circle, or a link stands in the way.");
            case Errno.ENOSPC -> noSpace();
            case Errno.EDQUOT ->
                new DeviceProblem(Code.NO_SPACE, "The account's quota on the device is used up; nothing was kept.");
            case Errno.EROFS -> new DeviceProblem(Code.READ_ONLY, "The file system on the device is read-only.");
            case Errno.EFBIG ->
                new DeviceProblem(Code.TOO_LARGE, "The file system on the device takes no files of that size.");
            case Errno.ENAMETOOLONG, Errno.EINVAL ->
                new DeviceProblem(Code.NAME, "The file system on the device does not take this name.");
            case Errno.EXDEV -> new DeviceProblem(Code.FAILED, "It cannot be moved to another file system.");
            case Errno.EBUSY, Errno.ETXTBSY -> new DeviceProblem(Code.FAILED, "It is in use on the device.");
            default -> new DeviceProblem(Code.FAILED, "The device could not do it (error " + errno + ").");
        };
    }

    static DeviceProblem notFound() {
        return new DeviceProblem(Code.NOT_FOUND, "There is no such file or folder.");
    }

    static DeviceProblem exists() {
        return new DeviceProblem(Code.EXISTS, "Something of that name is there already.");
    }

    static DeviceProblem notAFile() {
        return new DeviceProblem(Code.NOT_A_FILE, "That is not an ordinary file.");
    }

    static DeviceProblem noSpace() {
        return new DeviceProblem(Code.NO_SPACE, "The disk of the device is full; nothing was kept.");
    }

    static DeviceProblem outside() {
        return new DeviceProblem(
                Code.OUTSIDE, "That is outside of the folders that the device's owner has opened for this.");
    }

    static DeviceProblem changed() {
        return new DeviceProblem(Code.CHANGED, "The file was changed meanwhile.");
    }

    static DeviceProblem notPermitted() {
        return new DeviceProblem(Code.NOT_PERMITTED, "This session may not do that, or not any more.");
    }
}
