package org.bascule.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.SelfTestStatus;
import java.security.Security;
import org.jspecify.annotations.Nullable;

/**
 * Puts the Amazon Corretto Crypto Provider before the providers of the JDK: {@code java -javaagent:bascule-crypto.jar …}, with
 * {@code AmazonCorrettoCryptoProvider.jar} in the same folder. Whatever asks JCA for an algorithm without naming a provider, TLS included, is
 * answered by it then; what it does not have, the JDK answers as before.
 *
 * <p>A server whose machine it does not run on starts all the same, without it, and says so in one line.
 */
public final class NativeCrypto {

    private NativeCrypto() {}

    /** Called by the JVM before the program's own {@code main}. */
    public static void premain(@Nullable String arguments) {
        say(install(true));
    }

    /**
     * For a program that is short and moves much: on a thread of its own, since loading takes as long as signing in. What is asked for before it is done is the JDK's. The library's own tests
     * would take longer than the rest; whoever is at the other end of a session finds every error.
     */
    public static void installMeanwhile() {
        Thread thread = new Thread(() -> say(install(false)), "bascule-crypto");
        thread.setDaemon(true);
        thread.start();
    }

    @SuppressWarnings("SystemOut") // there is no log yet
    private static void say(@Nullable String wrong) {
        if (wrong != null) {
            System.err.println("bascule-crypto: the JDK's own cryptography is used, for " + wrong);
        }
    }

    /** Whether its library lies beside. */
    public static boolean isThere() {
        return NativeCrypto.class.getResource("/com/amazon/corretto/crypto/provider/AmazonCorrettoCryptoProvider.class")
                != null;
    }

    /** Null if it is in use; otherwise why not. */
    static @Nullable String install(boolean tested) {
        try {
            return Provider.install(tested);
        } catch (LinkageError e) {
            return "AmazonCorrettoCryptoProvider.jar is not beside it, or is made for another JVM: " + e;
        }
    }

    /** Apart, so that the class around it can be loaded without the library. */
    private static final class Provider {

        private Provider() {}

        static @Nullable String install(boolean tested) {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            Throwable unloaded = provider.getLoadingError();
            if (unloaded != null) {
                return "its library cannot be loaded (it is unpacked into java.io.tmpdir, which must allow programs): "
                        + unloaded;
            }
            if (tested && provider.runSelfTests() != SelfTestStatus.PASSED) {
                return "its library does not pass its own tests";
            }
            Security.insertProviderAt(provider, 1);
            return null;
        }
    }
}
