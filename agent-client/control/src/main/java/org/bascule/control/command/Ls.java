package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.DeviceRow;
import org.bascule.control.signin.Account;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ls", header = "List the devices that you may see.")
final class Ls implements Action {

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Option(
            names = "--folder",
            paramLabel = "NAME",
            description = "only what is in or below this folder (id, unique name or path)")
    private @Nullable String folder;

    @Parameters(arity = "0..1", paramLabel = "QUERY", description = "only what matches this text")
    private @Nullable String query;

    @Override
    public int run(Surroundings around) throws CommandException {
        AccessServer server = new Account(around).server();
        String folderName = folder;
        String path = new Query("/api/devices")
                .with("q", query)
                .with("folder", folderName == null ? null : server.folderAt(folderName))
                .toString();
        Table table = new Table("STATE", "NAME", "FOLDER", "ACCOUNT", "LAST SEEN", "UID");
        Rows rows = new Rows(
                around,
                json,
                table,
                device -> table.add(
                        Output.text(device, "state"),
                        Output.text(device, "name"),
                        Output.text(device, "folderName"),
                        Output.text(device, "account"),
                        Output.text(device, "lastSeen"),
                        Output.text(device, "uid")));
        server.devices(
                path, page -> rows.add(page.stream().map(DeviceRow::toJson).toList()));
        rows.end();
        return ExitCode.OK.code();
    }
}
