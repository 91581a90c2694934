-- name: partitions_maintain :one :write
SELECT partitions_maintain();
