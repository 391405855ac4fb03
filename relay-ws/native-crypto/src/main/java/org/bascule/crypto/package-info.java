/** Native cryptography for the servers: an agent of the JVM, which needs nothing else of Bascule. */
@NullMarked
package org.bascule.crypto;

import org.jspecify.annotations.NullMarked;
