/** Registration without a container. */
@NullMarked
package org.bascule.relay.registry;

import org.jspecify.annotations.NullMarked;
