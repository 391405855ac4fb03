package org.bascule.agent.file;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.bascule.agent.account.Account;
import org.bascule.agent.policy.FilePolicy;
import org.bascule.agent.posix.Posix;
import org.bascule.agent.posix.Rights;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.bascule.wire.Operations;

/** The service {@code file}: one request for each stream, done with the rights of the session's account below the owner's roots. One for the whole agent. */
public final class FileService {

    private final Running running = new Running();

    /**
     * Who asks.
     *
     * @param account whose rights count
     * @param ownUid what this process runs as
     * @param permitted what the session may do, asked again and again
     * @param user id of the person
     */
    public record Caller(Account account, long ownUid, Supplier<Operations> permitted, String user) {}

    /** Runs until the request is done or the stream is over; blocks. */
    public void run(ServiceStream stream, FileRequest request, FilePolicy policy, Caller caller, FileLog log)
            throws IOException, InterruptedException {
        try {
            serve(stream, request, policy, caller, log);
            stream.close();
        } catch (DeviceProblem e) {
            try {
                stream.event(e.toEvent());
            } finally {
                give(stream, e.code().text());
            }
        } catch (IOException e) {
            give(stream, "the device could not go on with it");
            throw e;
        }
    }

    /** Ends the stream and takes what had arrived: until then the session holds memory for it. */
    private static void give(ServiceStream stream, String text) {
        stream.fail(text);
        byte[] buffer = new byte[16 << 10];
        try {
            while (stream.read(buffer) >= 0) {
                // nobody wants it any more
            }
        } catch (IOException e) {
            // that was all
        }
    }

    private void serve(ServiceStream stream, FileRequest request, FilePolicy policy, Caller caller, FileLog log)
            throws IOException, DeviceProblem, InterruptedException {
        if (!Posix.isSupported()) {
            throw new DeviceProblem(Code.UNSUPPORTED, "Files need a device with 64-bit Linux.");
        }
        Account account = caller.account();
        List<FilePath> roots = policy.roots().orElseGet(() -> home(account));
        FileJob job = new FileJob(
                stream,
                new Walk(roots),
                Rights.of(account.name(), account.uid(), account.gid(), caller.ownUid()),
                account,
                caller.permitted(),
                caller.user(),
                policy.clamd().isPresent(),
                log);
        if (!(request instanceof FileRequest.Roots)) {
            job.require(request);
        }
        serve(job, request, policy);
    }

    private static List<FilePath> home(Account account) {
        return List.of(FilePath.ofText(account.home().toString()));
    }

    private void serve(FileJob job, FileRequest request, FilePolicy policy)
            throws IOException, DeviceProblem, InterruptedException {
        if (request instanceof FileRequest.Roots) {
            Listing.roots(job);
        } else if (request instanceof FileRequest.List list) {
            Listing.list(job, list.path());
        } else if (request instanceof FileRequest.Stat stat) {
            Listing.stat(job, stat.path());
        } else if (request instanceof FileRequest.Count count) {
            Changes.count(job, count);
        } else if (request instanceof FileRequest.Read read) {
            Download.run(job, read);
        } else if (request instanceof FileRequest.MakeFolder folder) {
            Changes.makeFolder(job, folder);
        } else if (request instanceof FileRequest.Rename rename) {
            Changes.rename(job, rename);
        } else if (request instanceof FileRequest.Delete delete) {
            Changes.delete(job, delete);
        } else if (request instanceof FileRequest.Write write) {
            new Upload(job, write, running, policy.clamd().map(VirusScan::new)).run();
        } else if (request instanceof FileRequest.Discard discard) {
            Upload.discard(job, discard, running);
        }
    }
}
