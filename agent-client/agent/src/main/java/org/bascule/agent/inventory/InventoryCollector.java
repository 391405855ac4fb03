package org.bascule.agent.inventory;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bascule.wire.Json;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.ComputerSystem;
import oshi.hardware.HWDiskStore;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.software.os.OperatingSystem;

/** Asks OSHI; the form is that of {@code docs/protocol/control.md}, "Inventory". */
public final class InventoryCollector {

    private static final int MAX_TEXT = 200;
    private static final int MAX_ENTRIES = 32;
    private static final int MAX_ADDRESSES = 8;

    private final InstantSource clock;

    public InventoryCollector(InstantSource clock) {
        this.clock = clock;
    }

    public JsonObject collect() {
        SystemInfo info = new SystemInfo();
        HardwareAbstractionLayer hardware = info.getHardware();
        OperatingSystem os = info.getOperatingSystem();
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("taken", clock.instant().toString());
        add(json, "hostName", os.getNetworkParams().getHostName());
        json.add("os", operatingSystem(os));
        json.add("system", system(hardware.getComputerSystem()));
        json.add("cpu", processor(hardware.getProcessor()));
        json.add("memory", hardware.getMemory().getTotal());
        json.add("disks", disks(hardware.getDiskStores()));
        json.add("interfaces", interfaces(hardware.getNetworkIFs()));
        return json.build();
    }

    private static JsonObjectBuilder operatingSystem(OperatingSystem os) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        add(json, "name", os.getFamily());
        add(json, "version", os.getVersionInfo().toString());
        add(json, "architecture", System.getProperty("os.arch", ""));
        return json.add("bits", os.getBitness());
    }

    private static JsonObjectBuilder system(ComputerSystem system) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        add(json, "manufacturer", system.getManufacturer());
        add(json, "model", system.getModel());
        return json;
    }

    private static JsonObjectBuilder processor(CentralProcessor processor) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        add(json, "name", processor.getProcessorIdentifier().getName());
        return json.add("cores", processor.getPhysicalProcessorCount())
                .add("threads", processor.getLogicalProcessorCount());
    }

    private static JsonArrayBuilder disks(List<HWDiskStore> disks) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        for (HWDiskStore disk : disks.stream().limit(MAX_ENTRIES).toList()) {
            JsonObjectBuilder json = Json.createObjectBuilder();
            add(json, "name", disk.getName());
            add(json, "model", disk.getModel());
            array.add(json.add("size", disk.getSize()));
        }
        return array;
    }

    private static JsonArrayBuilder interfaces(List<NetworkIF> interfaces) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        for (NetworkIF networkInterface : interfaces.stream().limit(MAX_ENTRIES).toList()) {
            JsonObjectBuilder json = Json.createObjectBuilder();
            add(json, "name", networkInterface.getName());
            add(json, "mac", networkInterface.getMacaddr());
            JsonArrayBuilder addresses = Json.createArrayBuilder();
            Stream.of(networkInterface.getIPv4addr(), networkInterface.getIPv6addr())
                    .flatMap(Arrays::stream)
                    .limit(MAX_ADDRESSES)
                    .forEach(addresses::add);
            array.add(json.add("addresses", addresses));
        }
        return array;
    }

    /** Leaves out what is not known; shortens what is too long. */
    private static void add(JsonObjectBuilder json, String name, @org.jspecify.annotations.Nullable String value) {
        if (value == null || value.isBlank() || value.equalsIgnoreCase("unknown")) {
            return;
        }
        json.add(name, value.length() > MAX_TEXT ? value.substring(0, MAX_TEXT) : value);
    }
}
