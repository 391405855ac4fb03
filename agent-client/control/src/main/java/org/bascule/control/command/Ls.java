package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import java.util.List;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.DeviceRow;
import org.bascule.control.signin.Account;
import org.bascule.wire.Json;
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
        Optional<String> below = folderName == null ? Optional.empty() : Optional.of(server.folderAt(folderName));
        List<DeviceRow> devices = server.devices(Optional.ofNullable(query), below);
        if (json) {
            JsonArrayBuilder items = Json.createArrayBuilder();
            devices.forEach(device -> items.add(device.toJson()));
            around.println(Printable.json(
                    Json.createObjectBuilder().add("items", items).build().toString()));
        } else {
            Table table = new Table("STATE", "NAME", "FOLDER", "ACCOUNT", "LAST SEEN", "UID");
            devices.forEach(device -> table.add(
                    device.state(),
                    device.name(),
                    device.folder(),
                    device.account().orElse(""),
                    device.lastSeen().orElse(""),
                    device.uid()));
            table.lines().forEach(around::println);
        }
        return ExitCode.OK.code();
    }
}
