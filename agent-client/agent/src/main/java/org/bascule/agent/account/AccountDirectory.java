package org.bascule.agent.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The machine's accounts: {@code getent passwd}, so that LDAP accounts count too, or {@code /etc/passwd} where there is no getent. */
public final class AccountDirectory {

    /** Portable account names; anything else never reaches a command line. */
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

    private static final Path GETENT = Path.of("/usr/bin/getent");

    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The account with exactly this name. */
    public Optional<Account> find(String name) throws AccountException {
        if (!isName(name)) {
            throw new AccountException("the account name is not one that this device accepts");
        }
        return lines(name).stream()
                .map(AccountDirectory::parse)
                .flatMap(Optional::stream)
                .filter(account -> account.name().equals(name))
                .findFirst();
    }

    /** The account that this process runs as. */
    public Account own() throws AccountException {
        long uid = ownUid();
        String name = System.getProperty("user.name", "");
        if (isName(name)) {
            Optional<Account> account = find(name);
            if (account.isPresent() && account.get().uid() == uid) {
                return account.get();
            }
        }
        throw new AccountException("the agent runs as uid " + uid + ", which is no named account");
    }

    /** What this process runs as. */
    public static long ownUid() throws AccountException {
        try {
            return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            throw new AccountException("the agent cannot tell which account it runs as");
        }
    }

    private static List<String> lines(String name) throws AccountException {
        try {
            return Files.isExecutable(GETENT) ? getent(name) : Files.readAllLines(Path.of("/etc/passwd"));
        } catch (IOException e) {
            throw new AccountException("the accounts of this device cannot be read");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AccountException("interrupted");
        }
    }

    private static List<String> getent(String name) throws IOException, InterruptedException, AccountException {
        Process process = new ProcessBuilder(GETENT.toString(), "passwd", name)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AccountException("the accounts of this device cannot be read in time");
        }
        byte[] output = process.getInputStream().readNBytes(8_192);
        return new String(output, StandardCharsets.UTF_8).lines().toList();
    }

    /** {@code name:password:uid:gid:comment:home:shell}, see passwd(5). */
    static Optional<Account> parse(String line) {
        String[] fields = line.split(":", -1);
        if (fields.length != 7 || !fields[2].matches("\\d{1,10}") || !fields[3].matches("\\d{1,10}")) {
            return Optional.empty();
        }
        String home = fields[5].startsWith("/") ? fields[5] : "/";
        String shell = fields[6].startsWith("/") ? fields[6] : "/bin/sh";
        return Optional.of(new Account(
                fields[0], Long.parseLong(fields[2]), Long.parseLong(fields[3]), Path.of(home), Path.of(shell)));
    }
}
