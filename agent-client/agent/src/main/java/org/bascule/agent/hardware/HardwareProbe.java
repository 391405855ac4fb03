package org.bascule.agent.hardware;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bascule.wire.enrol.HardwareId;
import org.jspecify.annotations.Nullable;

/**
 * Reads the numbers that a machine keeps through a factory reset: the maker's number of the machine and of its board (DMI or device tree; root alone may read
 * most of them), and the addresses of built-in network interfaces. Numbers that makers leave unset, and addresses that software made up, do not count.
 */
public final class HardwareProbe {

    /** {@code none}, or a number of one's own: for containers, which all see their host's numbers, and for several agents on one machine. */
    public static final String VARIABLE = "BASCULE_AGENT_HARDWARE";

    private static final int MAX_NUMBER = 256;
    private static final int MIN_NUMBER = 4;
    private static final String ETHERNET = "1";
    private static final String PERMANENT = "0";

    private static final Set<String> UNSET = Set.of(
            "none",
            "default string",
            "not specified",
            "not applicable",
            "to be filled by o.e.m.",
            "system serial number",
            "base board serial number",
            "chassis serial number",
            "0123456789",
            "123456789",
            "03000200-0400-0500-0006-000700080009",
            "12345678-1234-5678-90ab-cddeefaabbcc");

    private final Path root;
    private final @Nullable String given;

    /**
     * @param root {@code /}, or a copy of what is read below it
     * @param given value of {@link #VARIABLE}
     */
    public HardwareProbe(Path root, @Nullable String given) {
        this.root = root;
        this.given = given;
    }

    /** This machine. */
    public static HardwareId read(byte[] rootHash) {
        return new HardwareProbe(Path.of("/"), System.getenv(VARIABLE)).hash(rootHash);
    }

    HardwareId hash(byte[] rootHash) {
        if (given != null && !given.isBlank()) {
            return given.strip().equals("none")
                    ? HardwareId.NONE
                    : new HardwareId(
                            Optional.of(HardwareId.Kind.SYSTEM.hash(rootHash, "given:" + given.strip())),
                            Optional.empty(),
                            List.of());
        }
        Optional<String> system = first(
                "sys/class/dmi/id/product_uuid",
                "sys/firmware/devicetree/base/serial-number",
                "sys/class/dmi/id/product_serial");
        Optional<String> board = first("sys/class/dmi/id/board_serial");
        return new HardwareId(
                system.map(number -> HardwareId.Kind.SYSTEM.hash(rootHash, number)),
                board.map(number -> HardwareId.Kind.BOARD.hash(rootHash, number)),
                addresses().stream()
                        .map(address -> HardwareId.Kind.NIC.hash(rootHash, address))
                        .toList());
    }

    private Optional<String> first(String... files) {
        return Stream.of(files).flatMap(file -> number(file).stream()).findFirst();
    }

    private Optional<String> number(String file) {
        return text(root.resolve(file))
                .map(text -> text.toLowerCase(Locale.ROOT))
                .filter(text -> text.length() >= MIN_NUMBER && !UNSET.contains(text))
                // all digits the same: zeros, or an erased memory
                .filter(text -> text.replace("-", "").chars().distinct().count() > 1);
    }

    private static Optional<String> text(Path file) {
        try {
            if (!Files.isReadable(file)) {
                return Optional.empty();
            }
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_NUMBER);
            }
            // device trees end their texts with a zero
            String text =
                    new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private List<String> addresses() {
        List<String> addresses = new ArrayList<>();
        try (Stream<Path> interfaces = Files.list(root.resolve("sys/class/net"))) {
            interfaces.sorted().forEach(it -> address(it).ifPresent(addresses::add));
        } catch (IOException e) {
            return List.of();
        }
        return addresses.stream().distinct().sorted().limit(HardwareId.MAX_NICS).toList();
    }

    private static Optional<String> address(Path networkInterface) {
        boolean builtIn =
                text(networkInterface.resolve("type")).filter(ETHERNET::equals).isPresent()
                        && text(networkInterface.resolve("addr_assign_type"))
                                .filter(PERMANENT::equals)
                                .isPresent()
                        && isBuiltIn(networkInterface.resolve("device"));
        return builtIn
                ? text(networkInterface.resolve("address"))
                        .map(address -> address.toLowerCase(Locale.ROOT))
                        .filter(HardwareProbe::isMakers)
                : Optional.empty();
    }

    /** Not virtual, and not on a plug that people carry from one machine to another. */
    private static boolean isBuiltIn(Path device) {
        try {
            String real = device.toRealPath().toString();
            return !real.contains("/virtual/") && !real.contains("/usb");
        } catch (IOException e) {
            return false;
        }
    }

    /** Given by a maker: neither a group's nor locally administered (IEEE 802, the two lowest bits of the first byte). */
    private static boolean isMakers(String address) {
        if (!address.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}") || address.equals("00:00:00:00:00:00")) {
            return false;
        }
        return (Integer.parseInt(address.substring(0, 2), 16) & 3) == 0;
    }
}
