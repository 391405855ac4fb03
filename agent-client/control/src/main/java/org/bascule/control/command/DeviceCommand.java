package org.bascule.control.command;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.signin.Account;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Devices from the command line; {@code ls} lists them. */
@Command(
        name = "device",
        header = "Devices: show, rename, account, clear-quarantine, remove.",
        description = "'bascule ls' lists devices.",
        subcommands = {
            DeviceCommand.Show.class,
            DeviceCommand.Rename.class,
            DeviceCommand.SetAccount.class,
            DeviceCommand.ClearQuarantine.class,
            DeviceCommand.Remove.class
        })
final class DeviceCommand {

    private static final String DEVICE = "uid, unique name, or path such as /Customers/North/pump-1";

    private static JsonObject change(AccessServer server, String device, String member, String value)
            throws CommandException {
        String path = "/api/devices/" + server.deviceAt(device);
        String etag = Output.text(server.get(path), "etag");
        return server.change(
                path, etag, Json.createObjectBuilder().add(member, value).build());
    }

    @Command(name = "show", header = "Show a device.")
    static final class Show implements Action {

        @Mixin
        private Output output = new Output();

        @Parameters(paramLabel = "DEVICE", description = DEVICE)
        private String device = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            AccessServer server = new Account(around).server();
            output.members(around, server.get("/api/devices/" + server.deviceAt(device)));
            return ExitCode.OK.code();
        }
    }

    @Command(name = "rename", header = "Give a device another name.")
    static final class Rename implements Action {

        @Mixin
        private Output output = new Output();

        @Parameters(index = "0", paramLabel = "DEVICE", description = DEVICE)
        private String device = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "its new name")
        private String name = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            JsonObject changed = change(new Account(around).server(), device, "name", name);
            output.print(around, changed, "renamed to " + Printable.of(Output.text(changed, "name")));
            return ExitCode.OK.code();
        }
    }

    @Command(name = "account", header = "Set the account that terminals and commands run as.")
    static final class SetAccount implements Action {

        @Mixin
        private Output output = new Output();

        @Parameters(index = "0", paramLabel = "DEVICE", description = DEVICE)
        private String device = "";

        @Parameters(index = "1", paramLabel = "ACCOUNT", description = "'' leaves it to the agent")
        private String account = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            JsonObject changed = change(new Account(around).server(), device, "account", account);
            output.print(around, changed, "account set to '" + Printable.of(Output.text(changed, "account")) + "'");
            return ExitCode.OK.code();
        }
    }

    @Command(name = "clear-quarantine", header = "Allow a device that was taken for a clone to come back.")
    static final class ClearQuarantine implements Action {

        @Parameters(paramLabel = "DEVICE", description = DEVICE)
        private String device = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            AccessServer server = new Account(around).server();
            server.act("/api/devices/" + server.deviceAt(device) + "/clear-quarantine");
            return ExitCode.OK.code();
        }
    }

    @Command(name = "remove", header = "Remove a device: its channel and sessions end, its certificate is revoked.")
    static final class Remove implements Action {

        @Option(names = "--yes", description = "do not ask")
        private boolean yes;

        @Parameters(paramLabel = "DEVICE", description = DEVICE)
        private String device = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            AccessServer server = new Account(around).server();
            String path = "/api/devices/" + server.deviceAt(device);
            JsonObject found = server.get(path);
            Output.confirm(around, yes, "Remove the device '" + Printable.of(Output.text(found, "name")) + "'?");
            server.remove(path, Output.text(found, "etag"));
            return ExitCode.OK.code();
        }
    }
}
