package org.bascule.agent.system;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.FileStore;
import java.nio.file.FileSystems;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.agent.inventory.InventoryCollector;
import org.bascule.wire.Json;
import oshi.software.os.OSSession;

/** What the device is and how it does. */
final class SystemInfo {

    private static final int MAX_TEXT = 200;
    private static final int MAX_ENTRIES = 32;

    private SystemInfo() {}

    /** The inventory ({@code docs/protocol/control.md}) with kernel, address, file systems, people, and the figures of a {@code sample}. */
    static String text(ProcFiles files) throws IOException {
        JsonObjectBuilder json = Json.createObjectBuilder(new InventoryCollector(InstantSource.system()).collect());
        json.add("kernel", cut(System.getProperty("os.version", "")));
        json.add("now", figures(files));
        json.add("fileSystems", fileSystems());
        json.add("addresses", addresses());
        json.add("people", people());
        return json.build().toString();
    }

    /** {@code {"time":ms,"uptime":s,"load":[1,5,15 minutes, hundredths],"memory":[total,available,swap total,swap free]}}, bytes. */
    static JsonObjectBuilder figures(ProcFiles files) throws IOException {
        String[] load = files.text("loadavg").split(" ");
        JsonArrayBuilder loads = Json.createArrayBuilder();
        for (int i = 0; i < 3 && i < load.length; i++) {
            loads.add(Math.round(Double.parseDouble(load[i]) * 100));
        }
        String memory = files.text("meminfo");
        return Json.createObjectBuilder()
                .add("time", System.currentTimeMillis())
                .add("uptime", (long) Double.parseDouble(files.text("uptime").split(" ")[0]))
                .add("load", loads)
                .add(
                        "memory",
                        Json.createArrayBuilder()
                                .add(memory(memory, "MemTotal"))
                                .add(memory(memory, "MemAvailable"))
                                .add(memory(memory, "SwapTotal"))
                                .add(memory(memory, "SwapFree")));
    }

    private static long memory(String meminfo, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + ":\\s+(\\d{1,15}) kB").matcher(meminfo);
        return line.find() ? Long.parseLong(line.group(1)) << 10 : 0;
    }

    /** Those on disks, and what holds the rest of {@code /}. */
    private static JsonArrayBuilder fileSystems() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        Set<String> told = new HashSet<>();
        for (FileStore store : FileSystems.getDefault().getFileStores()) {
            String place = store.toString();
            boolean shown = store.name().startsWith("/dev/") || place.startsWith("/ (");
            if (shown && told.size() < MAX_ENTRIES && told.add(store.name())) {
                try {
                    array.add(Json.createObjectBuilder()
                            .add("name", cut(place))
                            .add("type", cut(store.type()))
                            .add("size", store.getTotalSpace())
                            .add("free", store.getUsableSpace()));
                } catch (IOException e) {
                    // one that cannot be asked
                }
            }
        }
        return array;
    }

    private static JsonArrayBuilder addresses() {
        List<String> found = new ArrayList<>();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress())
                    .limit(MAX_ENTRIES)
                    .map(InetAddress::getHostAddress)
                    .forEach(found::add);
        } catch (IOException e) {
            // none then
        }
        JsonArrayBuilder array = Json.createArrayBuilder();
        found.forEach(array::add);
        return array;
    }

    private static JsonArrayBuilder people() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        new oshi.SystemInfo()
                .getOperatingSystem().getSessions().stream()
                        .limit(MAX_ENTRIES)
                        .map(SystemInfo::person)
                        .forEach(array::add);
        return array;
    }

    private static JsonObjectBuilder person(OSSession session) {
        return Json.createObjectBuilder()
                .add("user", cut(session.getUserName()))
                .add("terminal", cut(session.getTerminalDevice()))
                .add("host", cut(session.getHost()).toLowerCase(Locale.ROOT))
                .add("since", session.getLoginTime());
    }

    private static String cut(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }
}
