/** What makes a device's key believable: key set signed by the installation root, certificates, endorsement. Specified in {@code docs/protocol}. */
@NullMarked
package org.bascule.wire.trust;

import org.jspecify.annotations.NullMarked;
