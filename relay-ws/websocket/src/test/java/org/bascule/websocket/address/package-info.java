@NullMarked
package org.bascule.websocket.address;

import org.jspecify.annotations.NullMarked;
