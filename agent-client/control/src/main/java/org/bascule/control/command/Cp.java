package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.copy.Copy;
import org.bascule.control.copy.End;
import org.bascule.control.copy.Progress;
import org.bascule.session.client.WarmUp;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "cp",
        header = "Copy files to or from a device.",
        description = {
            "One side is DEVICE:PATH, the other a path here. A path on the device that does not begin with / is below its first folder (the account's home). A local name with a colon is written with ./ before it.",
            "A copy that was broken off goes on where it was when the command is given again; times are kept, files of the same name replaced, and SHA-256 is compared. What cannot be copied is named, the rest is copied, and the exit code is 1."
        },
        customSynopsis = {
            "bascule cp [-r] [--json] [--reason=TEXT] SOURCE... DEVICE:PATH",
            "bascule cp [-r] [--json] [--reason=TEXT] DEVICE:SOURCE... PATH"
        })
final class Cp implements Action {

    @Option(
            names = {"-r", "--recursive"},
            description = "folders with what is in them")
    private boolean recursive;

    @Option(names = "--json", description = "print what was done as JSON, and no progress")
    private boolean json;

    @Mixin
    private SessionReason reason = new SessionReason();

    @Parameters(arity = "2..*", paramLabel = "PATH", description = "what is copied, and where to")
    private List<String> paths = new ArrayList<>();

    @Override
    public int run(Surroundings around) throws CommandException {
        List<End> ends = paths.stream().map(End::parse).toList();
        List<End> sources = ends.subList(0, ends.size() - 1);
        End target = ends.get(ends.size() - 1);
        boolean up = target.isRemote();
        boolean sided = sources.stream()
                .allMatch(source -> source.device().equals(sources.get(0).device()) && source.isRemote() != up);
        if (!sided) {
            throw new CommandException(ExitCode.USAGE, "one side is DEVICE:PATH, the other one is here");
        }
        String device = (up ? target : sources.get(0)).device().orElse("");
        Operations needed =
                up ? Operations.of(Operations.FILE_READ, Operations.FILE_WRITE) : Operations.of(Operations.FILE_READ);
        WarmUp.start(Duration.ZERO);
        Progress progress = new Progress(around, !json && System.console() != null);
        try (FileSession session = FileSession.open(around, device, needed, reason)) {
            Copy copy = new Copy(session.files(), recursive, progress);
            for (End source : sources) {
                if (up) {
                    copy.upload(source.path(), session.path(target.path()));
                } else {
                    copy.download(session.path(source.path()), java.nio.file.Path.of(target.path()));
                }
            }
            return report(around, copy.finish(), progress);
        }
    }

    private int report(Surroundings around, List<Copy.Failure> failures, Progress progress) {
        if (json) {
            JsonArrayBuilder failed = Json.createArrayBuilder();
            failures.forEach(failure -> failed.add(Json.createObjectBuilder()
                    .add("path", failure.path())
                    .add("code", failure.code())
                    .add("text", failure.text())));
            around.println(Printable.json(Json.createObjectBuilder()
                    .add("files", progress.files())
                    .add("bytes", progress.bytes())
                    .add("failed", failed)
                    .build()
                    .toString()));
        } else {
            failures.forEach(failure ->
                    around.warn("bascule: " + Printable.of(failure.path()) + ": " + Printable.of(failure.text())));
        }
        return failures.isEmpty() ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }
}
